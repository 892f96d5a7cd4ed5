/* What a pick is measured against: a static C program that reads the AGI environment from stdin and does one bare
 * least-recently-used update, with nothing of the rules.
 *
 *   lru STORE make PAGE_SIZE NUMBERS   makes the store
 *   lru STORE defaults   the way SQLite's defaults have it: WAL, a checkpoint when the last connection closes
 *   lru STORE store      opened and closed the way the rotation store is: see as_store.h
 *   lru STORE loop N     N updates in one process with one prepared statement
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "as_store.h"

static void check(int code, sqlite3 *db) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "lru: %s\n", sqlite3_errmsg(db));
    exit(2);
}

static void run(sqlite3 *db, const char *sql) { check(sqlite3_exec(db, sql, 0, 0, 0), db); }

static void read_environment(void) {
    char buffer[65536];
    size_t length = 0;
    ssize_t got;
    while ((got = read(0, buffer + length, sizeof buffer - length)) > 0) {
        length += (size_t)got;
        if (memmem(buffer, length, "\n\n", 2)) break;
    }
}

static sqlite3 *open_store(const char *path, int flags) {
    sqlite3 *db;
    check(sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0), db);
    sqlite3_busy_timeout(db, 10000);
    return db;
}

static void make(const char *path, const char *page_size, const char *numbers) {
    char sql[512];
    sqlite3 *db = open_store(path, SQLITE_OPEN_CREATE);
    snprintf(sql, sizeof sql, "PRAGMA page_size = %d; PRAGMA journal_mode = WAL;", atoi(page_size));
    run(db, sql);
    run(db, "CREATE TABLE number (id INTEGER PRIMARY KEY, digits TEXT, used INTEGER, last_use INTEGER)");
    snprintf(sql, sizeof sql,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
        " INSERT INTO number SELECT i, 12145550000 + i, 0, i FROM n; CREATE INDEX number_use ON number (last_use);",
        atoi(numbers));
    run(db, sql);
    sqlite3_close(db);
}

static void pick(sqlite3 *db, sqlite3_stmt *update, int aloud) {
    run(db, "BEGIN IMMEDIATE");
    check(sqlite3_step(update), db);
    if (aloud) printf("SET VARIABLE CALLERID(num) %s\n", sqlite3_column_text(update, 0));
    while (sqlite3_step(update) == SQLITE_ROW) {}
    sqlite3_reset(update);
    run(db, "COMMIT");
}

int main(int argc, char **argv) {
    struct as_store store;
    sqlite3_stmt *update;

    if (argc == 5 && strcmp(argv[2], "make") == 0) return make(argv[1], argv[3], argv[4]), 0;
    if (argc < 3) return 2;
    int in_loop = strcmp(argv[2], "loop") == 0, as_store = strcmp(argv[2], "store") == 0;
    long count = in_loop && argc > 3 ? atol(argv[3]) : 1;

    if (!in_loop) read_environment();
    if (as_store) enter(&store, argv[1]);
    sqlite3 *db = open_store(argv[1], 0);
    run(db, "PRAGMA synchronous = NORMAL");
    if (as_store) keep_log(&store, db);
    check(sqlite3_prepare_v2(db,
        "UPDATE number SET used = used + 1, last_use = (SELECT max(last_use) + 1 FROM number)"
        " WHERE id = (SELECT id FROM number ORDER BY last_use LIMIT 1) RETURNING digits", -1, &update, 0), db);
    for (long i = 0; i < count; i++) pick(db, update, !in_loop);
    sqlite3_finalize(update);
    if (as_store) empty_log(&store, db);
    sqlite3_close(db);
    if (as_store) leave(&store);
    return 0;
}
