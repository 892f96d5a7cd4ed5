/* The rotation store's way of opening and closing a database, in C: what docs/decisions.md describes, and no more.
 *
 * Under flock(2) on STORE-lock. When a stamp in that file says that the log's index was left whole by the last process
 * of this boot, the dead man's switch of the index is held before SQLite opens it (the byte that unixOpenSharedMemory
 * in os_unix.c locks), so that SQLite does not build the index anew from the log. The log is kept at close, and emptied
 * past CHECKPOINT_FRAMES.
 */
#include <sys/file.h>
#include <sys/stat.h>

#define CHECKPOINT_FRAMES 4000
#define DEAD_MAN_SWITCH 128
#define STAMP 256

struct as_store {
    int lock, frames;
    char log[4096], index[4096];
};

/* This boot, and the log and its index as they are now. */
static int stamp(const struct as_store *store, char *text, size_t size) {
    static char boot[37];
    struct stat log, index;
    if (!boot[0]) {
        int descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
        if (descriptor < 0 || read(descriptor, boot, 36) != 36) return -1;
        close(descriptor);
    }
    if (lstat(store->log, &log) || lstat(store->index, &index)) return -1;
    int length = snprintf(text, size, "%s %lu %lu %ld %ld.%09ld %lu\n", boot, (unsigned long)log.st_dev,
        (unsigned long)log.st_ino, (long)log.st_size, (long)log.st_mtim.tv_sec, log.st_mtim.tv_nsec,
        (unsigned long)index.st_ino);
    /* Of a fixed length: a shorter stamp covers all of a longer one. */
    memset(text + length, ' ', size - (size_t)length);
    return (int)size;
}

static void enter(struct as_store *store, const char *path) {
    char file[4096], kept[STAMP], now[STAMP];
    snprintf(store->log, sizeof store->log, "%s-wal", path);
    snprintf(store->index, sizeof store->index, "%s-shm", path);
    snprintf(file, sizeof file, "%s-lock", path);
    store->frames = 0;
    store->lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (store->lock < 0 || flock(store->lock, LOCK_EX)) {
        perror(file);
        exit(2);
    }
    int length = stamp(store, now, sizeof now);
    if (length < 0 || pread(store->lock, kept, sizeof kept, 0) != length || memcmp(kept, now, (size_t)length)) return;
    /* Held until the process ends. */
    int index = open(store->index, O_RDWR | O_CLOEXEC);
    struct flock byte = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = DEAD_MAN_SWITCH, .l_len = 1};
    if (index >= 0) fcntl(index, F_OFD_SETLK, &byte);
}

static int count_frames(void *store, sqlite3 *db, const char *name, int frames) {
    (void)db, (void)name;
    ((struct as_store *)store)->frames = frames;
    return SQLITE_OK;
}

static void keep_log(struct as_store *store, sqlite3 *db) {
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
    sqlite3_wal_hook(db, count_frames, store);
}

static void empty_log(struct as_store *store, sqlite3 *db) {
    if (store->frames >= CHECKPOINT_FRAMES)
        sqlite3_wal_checkpoint_v2(db, 0, SQLITE_CHECKPOINT_TRUNCATE, 0, 0);
}

/* After SQLite has closed the store. */
static void leave(struct as_store *store) {
    char now[STAMP];
    int length = stamp(store, now, sizeof now);
    if (length < 0 || pwrite(store->lock, now, (size_t)length, 0) != length)
        fprintf(stderr, "lru: the stamp was not written\n");
    close(store->lock);
}
