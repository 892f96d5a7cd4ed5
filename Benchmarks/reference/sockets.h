/* Connections on the loopback interface, for constant.c, load.c and hold.c. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

__attribute__((noreturn, unused)) static void fail(const char *what) {
    perror(what);
    exit(2);
}

__attribute__((unused)) static double microseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

__attribute__((unused)) static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

__attribute__((unused)) static void watch(int events, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    if (epoll_ctl(events, EPOLL_CTL_ADD, descriptor, &event)) fail("epoll_ctl");
}

/* On a free port, which is printed. */
__attribute__((unused)) static int listen_on_loopback(void) {
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)
        || getsockname(listener, (struct sockaddr *)&address, &size))
        fail("cannot listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

/* Connecting waits, which on the loopback interface takes no time while the server takes connections in; reading does
 * not. */
__attribute__((unused)) static int connect_to(int port) {
    struct sockaddr_in address = loopback(port);
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address)) fail("cannot connect");
    if (fcntl(descriptor, F_SETFL, O_NONBLOCK)) fail("fcntl");
    return descriptor;
}

/* What is sent here is far shorter than a socket's buffer. Whether the other side still takes it. */
static bool send_all(int descriptor, const char *bytes, size_t length) {
    return send(descriptor, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}
