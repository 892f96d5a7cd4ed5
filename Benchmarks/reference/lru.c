/* What a pick is measured against: a static C program that reads the AGI environment from stdin and does one bare
 * least-recently-used update, with nothing of the rules.
 *
 *   lru STORE defaults   the way SQLite's defaults have it: WAL, a checkpoint when the last connection closes
 *   lru STORE store      opened and closed the way the rotation store is: under its lock, the log kept at close and
 *                        emptied past the same number of frames
 *   lru STORE loop N     N updates in one process with one prepared statement
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define CHECKPOINT_FRAMES 300

static int frames;

static int count_frames(void *unused, sqlite3 *db, const char *name, int n) {
    frames = n;
    return SQLITE_OK;
}

static void check(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "lru: %s\n", sqlite3_errmsg(db));
    exit(1);
}

int main(int argc, char **argv) {
    char buffer[65536], path[4096];
    size_t length = 0;
    ssize_t got;
    sqlite3 *db;
    sqlite3_stmt *update;
    int lock = -1, in_loop, as_store;
    long count;

    if (argc < 3) return 2;
    in_loop = strcmp(argv[2], "loop") == 0;
    as_store = strcmp(argv[2], "store") == 0 || in_loop;
    count = in_loop && argc > 3 ? atol(argv[3]) : 1;

    while (!in_loop && (got = read(0, buffer + length, sizeof buffer - length)) > 0) {
        length += (size_t)got;
        if (memmem(buffer, length, "\n\n", 2)) break;
    }
    if (as_store) {
        snprintf(path, sizeof path, "%s-lock", argv[1]);
        lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
        flock(lock, LOCK_EX);
    }
    check(sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0), db);
    sqlite3_busy_timeout(db, 10000);
    check(sqlite3_exec(db, "PRAGMA synchronous = NORMAL", 0, 0, 0), db);
    if (as_store) {
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
        sqlite3_wal_hook(db, count_frames, 0);
    }
    check(sqlite3_prepare_v2(db,
        "UPDATE number SET used = used + 1, last_use = (SELECT max(last_use) + 1 FROM number)"
        " WHERE id = (SELECT id FROM number ORDER BY last_use LIMIT 1) RETURNING digits", -1, &update, 0), db);
    for (long i = 0; i < count; i++) {
        check(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), db);
        check(sqlite3_step(update), db);
        if (!in_loop) printf("SET VARIABLE CALLERID(num) %s\n", sqlite3_column_text(update, 0));
        while (sqlite3_step(update) == SQLITE_ROW) {}
        sqlite3_reset(update);
        check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db);
        if (as_store && frames >= CHECKPOINT_FRAMES) {
            check(sqlite3_wal_checkpoint_v2(db, 0, SQLITE_CHECKPOINT_TRUNCATE, 0, 0), db);
            frames = 0;
        }
    }
    sqlite3_finalize(update);
    sqlite3_close(db);
    return 0;
}
