#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include "log.h"
#include "memory.h"

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sqlite3_config() and sqlite3_db_config() are variadic, which Swift cannot call. */
static inline int csqlite_use_one_thread(void) {
    int code = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    if (!code) code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return code ? code : csqlite_own_memory();
}

/* Each connection is used by one thread, as csqlite_use_one_thread() has it for the whole process. */
static inline int csqlite_use_threads(void) {
    int code = sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    return code ? code : sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static inline int csqlite_no_checkpoint_on_close(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/* fallocate(2), which Glibc's module does not show, with FALLOC_FL_KEEP_SIZE: room on the disk that no file size tells. */
static inline int csqlite_reserve(int descriptor, long bytes) {
    return (int)syscall(SYS_fallocate, descriptor, 1, 0L, bytes);
}

/* SQLite's own way to the files, but that no super-journal is ever opened, and so none is deleted: its name comes out of a
   rollback journal, which another user may have put beside the database, and may be that of any file
   (pager_delsuper() in pager.c). Only a transaction on several databases has one, and there is none here. And a commit is
   written to the log at once. */
static int csqlite_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *result) {
    if (flags & SQLITE_OPEN_SUPER_JOURNAL) {
        file->pMethods = 0;
        return SQLITE_CANTOPEN;
    }
    sqlite3_vfs *own = sqlite3_vfs_find("unix");
    if (flags & SQLITE_OPEN_WAL) return csqlite_open_log(own, path, file, flags, result);
    return own->xOpen(own, path, file, flags, result);
}

/* The name of this way, or null for SQLite's own where it cannot be had. */
static inline const char *csqlite_files(void) {
    static sqlite3_vfs files;
    const sqlite3_vfs *own = sqlite3_vfs_find("unix");
    if (!own) return 0;
    files = *own;
    files.zName = "callerid";
    files.pNext = 0;
    files.xOpen = csqlite_open;
    files.szOsFile += (int)sizeof(csqlite_log);
    return sqlite3_vfs_register(&files, 0) == SQLITE_OK ? files.zName : 0;
}

#endif
