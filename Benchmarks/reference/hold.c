/* Connections that say little, for a server that others want something of.
 *
 *   hold AGI_PORT HTTP_PORT IDLE SLOW
 *
 * Opens IDLE connections to the HTTP port that say nothing after their first answer, and SLOW that say a byte of a
 * request every 100 milliseconds, half of them over each way. What the server ends is opened again. Prints "ready" once
 * all are open, and after SIGTERM how many the server has ended.
 */
#define _GNU_SOURCE
#include "sockets.h"

#define PACE 100000.0 /* microseconds */
#define CONNECTIONS 65536

static const char request[] = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
/* Without ends of lines: no request is ever whole. */
static const char agi_start[] = "agi_network: ", http_start[] = "GET /next-cid?to=";

static struct connection {
    int descriptor, port;
    bool is_slow;
    size_t said;
} connections[CONNECTIONS];

static volatile sig_atomic_t is_over;
static int events;

static void end(int signal) { is_over = signal; }

static void open_connection(struct connection *connection) {
    connection->descriptor = connect_to(connection->port);
    connection->said = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(events, EPOLL_CTL_ADD, connection->descriptor, &event)) fail("epoll_ctl");
    if (!connection->is_slow) send_all(connection->descriptor, request, sizeof request - 1);
}

static void say_a_byte(struct connection *connection, int agi_port) {
    const char *start = connection->port == agi_port ? agi_start : http_start;
    char byte = connection->said < strlen(start) ? start[connection->said] : '1';
    connection->said++;
    send_all(connection->descriptor, &byte, 1);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int agi_port = atoi(argv[1]), http_port = atoi(argv[2]), idle = atoi(argv[3]), slow = atoi(argv[4]);
    int count = idle + slow;
    long ended = 0;
    if (count > CONNECTIONS) return 2;
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, 0);
    events = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        connections[i].is_slow = i >= idle;
        connections[i].port = i >= idle && i % 2 ? agi_port : http_port;
        open_connection(&connections[i]);
    }
    double said = microseconds();
    int answered = 0;
    while (!is_over) {
        struct epoll_event ready[256];
        int n = epoll_wait(events, ready, 256, (int)(PACE / 1000));
        for (int i = 0; i < n; i++) {
            struct connection *connection = ready[i].data.ptr;
            char bytes[4096];
            ssize_t got = read(connection->descriptor, bytes, sizeof bytes);
            if (got > 0) {
                if (!connection->is_slow && ++answered == idle) {
                    printf("ready\n");
                    fflush(stdout);
                }
            } else if (got == 0 || errno != EAGAIN) {
                ended++;
                close(connection->descriptor);
                open_connection(connection);
            }
        }
        if (microseconds() - said < PACE) continue;
        said = microseconds();
        for (int i = idle; i < count; i++) say_a_byte(&connections[i], agi_port);
    }
    printf("%ld\n", ended);
    return 0;
}
