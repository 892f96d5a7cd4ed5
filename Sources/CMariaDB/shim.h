#ifndef CMARIADB_SHIM_H
#define CMARIADB_SHIM_H

#include <mariadb/errmsg.h>
#include <mariadb/mysql.h>

/* MARIADB_OPT_IO_WAIT: asks `wait` to wait for the connection's socket, as poll(2) would. */
static inline void cmariadb_wait_with(MYSQL *mysql, int (*wait)(my_socket, my_bool, int)) {
    mysql_optionsv(mysql, MARIADB_OPT_IO_WAIT, wait);
}

#endif
