/* A server that answers with constants: what no server that looks something up can be faster than.
 *
 *   constant agi [THREADS]    FastAGI: the seven commands of a pick, each after the reply to the one before it
 *   constant http BODY        HTTP: every request is answered with BODY, on connections that stay open
 *
 * Listens on a free port of the loopback interface, and prints it. One thread with epoll serves all connections, or each
 * of THREADS one at a time: which of the two is faster depends on what else the processors do.
 */
#define _GNU_SOURCE
#include "sockets.h"
#include <pthread.h>

#define CLIENTS 65536

static const char *const commands[] = {
    "SET VARIABLE CALLERID_STATUS OK\n",
    "SET VARIABLE CALLERID_CARRIER Acme\n",
    "SET VARIABLE CALLERID_AREA_CODE 214\n",
    "SET VARIABLE CALLERID_MATCH area\n",
    "SET VARIABLE CALLERID(name) 12145550101\n",
    "SET VARIABLE CALLERID(num) 12145550101\n",
    "VERBOSE \"Using Rotated Caller-ID: 12145550101\" 1\n",
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* By descriptor. */
static struct client {
    unsigned sent;      /* commands */
    bool line_is_empty; /* so far */
} clients[CLIENTS];

static char answer[65536];
static size_t answer_length;

/* Whether the connection goes on. */
static bool hear(int descriptor, const char *bytes, ssize_t count) {
    struct client *client = &clients[descriptor];
    for (ssize_t i = 0; i < count; i++) {
        if (bytes[i] == '\r') continue;
        bool ends_line = bytes[i] == '\n', ends_request = ends_line && client->line_is_empty;
        client->line_is_empty = ends_line;
        if (answer_length > 0) {
            if (ends_request) send_all(descriptor, answer, answer_length);
        } else if (client->sent == 0 ? ends_request : ends_line) {
            if (client->sent == COMMANDS) return false;
            const char *command = commands[client->sent++];
            send_all(descriptor, command, strlen(command));
        }
    }
    return true;
}

static void *serve_one_at_a_time(void *listener) {
    for (;;) {
        char bytes[4096];
        ssize_t got;
        int client = accept(*(int *)listener, 0, 0);
        if (client < 0 || client >= CLIENTS) continue;
        clients[client] = (struct client){0};
        while ((got = read(client, bytes, sizeof bytes)) > 0 && hear(client, bytes, got));
        close(client);
    }
    return 0;
}

static void serve_with_threads(int listener, int count) {
    pthread_t thread;
    fcntl(listener, F_SETFL, 0);
    for (int i = 0; i < count; i++)
        if (pthread_create(&thread, 0, serve_one_at_a_time, &listener)) fail("pthread_create");
    pthread_join(thread, 0);
}

int main(int argc, char **argv) {
    int threads = 0;
    if (argc == 3 && strcmp(argv[1], "http") == 0)
        answer_length = (size_t)snprintf(answer, sizeof answer,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(argv[2]), argv[2]);
    else if (argc >= 2 && argc <= 3 && strcmp(argv[1], "agi") == 0)
        threads = argc == 3 ? atoi(argv[2]) : 0;
    else
        return 2;
    int listener = listen_on_loopback(), events = epoll_create1(0);
    if (threads > 0) serve_with_threads(listener, threads);
    watch(events, listener);
    for (;;) {
        struct epoll_event ready[256];
        int count = epoll_wait(events, ready, 256, -1);
        for (int i = 0; i < count; i++) {
            int descriptor = ready[i].data.fd;
            char bytes[4096];
            if (descriptor == listener) {
                int client;
                while ((client = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0 && client < CLIENTS) {
                    clients[client] = (struct client){0};
                    watch(events, client);
                }
                continue;
            }
            ssize_t got = read(descriptor, bytes, sizeof bytes);
            if (got < 0 && errno == EAGAIN) continue;
            if (got <= 0 || !hear(descriptor, bytes, got)) close(descriptor);
        }
    }
}
