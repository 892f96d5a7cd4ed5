#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>
#include <sys/syscall.h>
#include <unistd.h>

/* sqlite3_config() and sqlite3_db_config() are variadic, which Swift cannot call. */
static inline int csqlite_use_one_thread(void) {
    int code = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    return code ? code : sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static inline int csqlite_no_checkpoint_on_close(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/* fallocate(2), which Glibc's module does not show, with FALLOC_FL_KEEP_SIZE: room on the disk that no file size tells. */
static inline int csqlite_reserve(int descriptor, long bytes) {
    return (int)syscall(SYS_fallocate, descriptor, 1, 0L, bytes);
}

#endif
