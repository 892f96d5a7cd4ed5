#ifndef CSQLITE_LOG_H
#define CSQLITE_LOG_H

#include <sqlite3.h>
#include <string.h>

/* The file of the write-ahead log. SQLite appends a commit to it by two pwrite(2) for each page: the frame's header, then
   the page. Here the whole commit is gathered, and given to the kernel at once.

   Nothing is held longer than COMMIT runs (csqlite_gather), when only this connection may write to the log. It is given
   away with the page of the frame whose header says that the transaction is committed, before SQLite tells anybody of the
   commit: where that write fails, the commit fails. Nobody reads a frame before being told of its commit. What SQLite
   writes after that frame goes through as it comes, such as the checksums of frames that the page cache had no room for
   (walRewriteChecksums() in wal.c). What is held is given away sooner where it grows long, and before SQLite looks at the
   log or writes elsewhere in it. After a failure nothing more of the commit is written. */
typedef struct {
    sqlite3_file base;
    int gathers;
    /* Whether the last frame's header said that the transaction is committed. */
    int commits;
    /* The code of a write that failed: later ones of the same commit fail, too. */
    int failure;
    /* How many bytes are held, and where in the file they belong. */
    int length;
    sqlite3_int64 start;
    /* CSQLITE_HELD bytes; null until there is a commit. */
    unsigned char *held;
} csqlite_log;

/* SQLite's own way takes 131,071 bytes at once and no more (seekAndWriteFd() in os_unix.c). */
enum { CSQLITE_HELD = 120 << 10 };

/* https://www.sqlite.org/walformat.html */
enum { CSQLITE_FRAME_HEADER = 24, CSQLITE_DATABASE_SIZE = 4 };

/* A control of the log's file. SQLite has those up to 100. */
enum { CSQLITE_GATHER = 0x43494452 };

/* SQLite's own file: it lies behind ours. */
static inline sqlite3_file *csqlite_own(sqlite3_file *file) { return (sqlite3_file *)((csqlite_log *)file + 1); }

/* Gives what is held to the kernel. */
static int csqlite_give(sqlite3_file *file) {
    csqlite_log *log = (csqlite_log *)file;
    int length = log->length;
    if (length == 0) return SQLITE_OK;
    log->length = 0;
    log->failure = csqlite_own(file)->pMethods->xWrite(csqlite_own(file), log->held, length, log->start);
    return log->failure;
}

static int csqlite_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    csqlite_log *log = (csqlite_log *)file;
    if (log->failure) return log->failure;
    if (!log->gathers) return csqlite_own(file)->pMethods->xWrite(csqlite_own(file), bytes, count, offset);
    /* No page is as long. */
    if (count > CSQLITE_HELD) return log->failure = SQLITE_IOERR_WRITE;
    if (offset != log->start + log->length || log->length + count > CSQLITE_HELD) {
        int code = csqlite_give(file);
        if (code) return code;
        log->start = offset;
    }
    unsigned char *end = log->held + log->length;
    memcpy(end, bytes, (size_t)count);
    log->length += count;
    if (count == CSQLITE_FRAME_HEADER) {
        /* It has the size of the database after the commit if it commits, and otherwise 0. */
        log->commits = memcmp(end + CSQLITE_DATABASE_SIZE, "\0\0\0", 4) != 0;
        return SQLITE_OK;
    }
    if (!log->commits) return SQLITE_OK;
    log->gathers = 0;
    return csqlite_give(file);
}

static int csqlite_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    int code = csqlite_give(file);
    return code ? code : csqlite_own(file)->pMethods->xRead(csqlite_own(file), bytes, count, offset);
}

static int csqlite_truncate(sqlite3_file *file, sqlite3_int64 size) {
    int code = csqlite_give(file);
    return code ? code : csqlite_own(file)->pMethods->xTruncate(csqlite_own(file), size);
}

static int csqlite_sync(sqlite3_file *file, int flags) {
    int code = csqlite_give(file);
    return code ? code : csqlite_own(file)->pMethods->xSync(csqlite_own(file), flags);
}

static int csqlite_size(sqlite3_file *file, sqlite3_int64 *size) {
    int code = csqlite_give(file);
    return code ? code : csqlite_own(file)->pMethods->xFileSize(csqlite_own(file), size);
}

static int csqlite_control(sqlite3_file *file, int operation, void *argument) {
    csqlite_log *log = (csqlite_log *)file;
    if (operation != CSQLITE_GATHER)
        return csqlite_own(file)->pMethods->xFileControl(csqlite_own(file), operation, argument);
    /* What is held now is of a commit that failed: its place in the log is free again. */
    log->length = log->failure = log->commits = 0;
    log->gathers = *(int *)argument;
    if (log->gathers && !log->held) log->held = sqlite3_malloc(CSQLITE_HELD);
    if (!log->held) log->gathers = 0;
    return SQLITE_OK;
}

static int csqlite_close(sqlite3_file *file) {
    sqlite3_free(((csqlite_log *)file)->held);
    return csqlite_own(file)->pMethods->xClose(csqlite_own(file));
}

static int csqlite_lock(sqlite3_file *file, int level) {
    return csqlite_own(file)->pMethods->xLock(csqlite_own(file), level);
}

static int csqlite_unlock(sqlite3_file *file, int level) {
    return csqlite_own(file)->pMethods->xUnlock(csqlite_own(file), level);
}

static int csqlite_is_locked(sqlite3_file *file, int *result) {
    return csqlite_own(file)->pMethods->xCheckReservedLock(csqlite_own(file), result);
}

static int csqlite_sector_size(sqlite3_file *file) {
    return csqlite_own(file)->pMethods->xSectorSize(csqlite_own(file));
}

static int csqlite_characteristics(sqlite3_file *file) {
    return csqlite_own(file)->pMethods->xDeviceCharacteristics(csqlite_own(file));
}

/* Opens a log in SQLite's own way, `own`. */
static int csqlite_open_log(sqlite3_vfs *own, const char *path, sqlite3_file *file, int flags, int *result) {
    /* The methods of the first version, without those of databases: a log is neither shared memory nor mapped. */
    static const sqlite3_io_methods methods = {
        .iVersion = 1, .xClose = csqlite_close, .xRead = csqlite_read, .xWrite = csqlite_write,
        .xTruncate = csqlite_truncate, .xSync = csqlite_sync, .xFileSize = csqlite_size, .xLock = csqlite_lock,
        .xUnlock = csqlite_unlock, .xCheckReservedLock = csqlite_is_locked, .xFileControl = csqlite_control,
        .xSectorSize = csqlite_sector_size, .xDeviceCharacteristics = csqlite_characteristics};
    memset(file, 0, sizeof(csqlite_log));
    int code = own->xOpen(own, path, csqlite_own(file), flags, result);
    if (code == SQLITE_OK) file->pMethods = &methods;
    return code;
}

/* To be called with 1 before COMMIT, and with 0 after it, however it ended. */
static inline void csqlite_gather(sqlite3 *db, int gathers) {
    sqlite3_file *log = 0;
    /* The log's file; where there is no log, the rollback journal's, which may be none or lie in memory. */
    sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log && log->pMethods && log->pMethods->xFileControl)
        log->pMethods->xFileControl(log, CSQLITE_GATHER, &gathers);
}

#endif
