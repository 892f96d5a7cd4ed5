/* Calls for a server, from many connections at once.
 *
 *   load agi PORT CONNECTIONS COUNT DESTINATIONS [ARGUMENT...]   FastAGI, a connection a call, as Asterisk makes them
 *   load http PORT CONNECTIONS COUNT DESTINATIONS TARGET         GET TARGET with the destination behind it, on
 *                                                                connections that stay open
 *
 * Each connection makes its next call as soon as one has ended. DESTINATIONS are parted by commas and taken in turn.
 * COUNT 0 goes on until SIGTERM. Prints the calls that ended a second, the median, the 99th percentile and the slowest
 * in microseconds, and how many calls were granted (told to set CALLERID(num), or answered with 200), and ended.
 */
#define _GNU_SOURCE
#include "sockets.h"

#define CONNECTIONS 4096
#define DESTINATIONS 1024
#define LINE 1024

static struct connection {
    int descriptor;
    double began;
    bool is_granted;
    /* FastAGI: the line that has come in part. HTTP: the head of the answer. */
    size_t length;
    char text[LINE];
    long missing; /* HTTP: of the answer's body; -1 while its head is not whole */
} connections[CONNECTIONS];

static bool is_http;
static int port, events, arguments_count, destinations_count;
static long started, wanted, ended, granted, room;
static char **arguments, *destinations[DESTINATIONS];
static double *times;
static volatile sig_atomic_t is_over;

static void end(int signal) { is_over = signal; }

static bool is_done(void) { return is_over || (wanted > 0 && started >= wanted); }

static void open_connection(struct connection *connection) {
    connection->descriptor = connect_to(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(events, EPOLL_CTL_ADD, connection->descriptor, &event)) fail("epoll_ctl");
}

static void close_connection(struct connection *connection) {
    if (connection->descriptor >= 0) close(connection->descriptor);
    connection->descriptor = -1;
}

/* What Asterisk 16 says of a call, in its order. */
static size_t environment(char *text, size_t size, const char *destination, long call) {
    static long boot;
    if (boot == 0) boot = time(0);
    int length = snprintf(text, size,
        "agi_network: yes\nagi_network_script: callerid\nagi_request: agi://127.0.0.1:%d/callerid\n"
        "agi_channel: Local/8600051@default-%08lx;2\nagi_language: en\nagi_type: Local\nagi_uniqueid: %ld.%ld\n"
        "agi_version: 16.28.0\nagi_callerid: 8005550100\nagi_calleridname: Sales\nagi_callingpres: 0\n"
        "agi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\nagi_dnid: unknown\nagi_rdnis: unknown\n"
        "agi_context: default\nagi_extension: %s\nagi_priority: 2\nagi_enhanced: 0.0\nagi_accountcode: \n"
        "agi_threadid: 140000000000000\n", port, call, boot, call, destination);
    for (int i = 0; i < arguments_count; i++)
        length += snprintf(text + length, size - (size_t)length, "agi_arg_%d: %s\n", i + 1, arguments[i]);
    return (size_t)(length + snprintf(text + length, size - (size_t)length, "\n"));
}

static void start_call(struct connection *connection) {
    char text[4096];
    const char *destination = destinations[started % destinations_count];
    connection->began = microseconds();
    connection->is_granted = false;
    connection->length = 0;
    connection->missing = -1;
    if (connection->descriptor < 0) open_connection(connection);
    size_t length = is_http
        ? (size_t)snprintf(text, sizeof text, "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", arguments[0], destination)
        : environment(text, sizeof text, destination, started);
    started++;
    /* A connection that takes nothing ends, which is then read. */
    send_all(connection->descriptor, text, length);
}

static void end_call(struct connection *connection) {
    if (ended == room) {
        room = room ? 2 * room : 65536;
        times = realloc(times, (size_t)room * sizeof *times);
        if (!times) fail("realloc");
    }
    times[ended++] = microseconds() - connection->began;
    granted += connection->is_granted;
    if (is_done()) close_connection(connection);
    else start_call(connection);
}

/* Answers each command as Asterisk does. */
static void hear_commands(struct connection *connection, const char *bytes, ssize_t count) {
    static const char reply[] = "200 result=1\n";
    char replies[64 * (sizeof reply - 1)];
    size_t length = 0;
    for (ssize_t i = 0; i < count; i++) {
        if (connection->length < LINE - 1) connection->text[connection->length++] = bytes[i];
        if (bytes[i] != '\n') continue;
        connection->text[connection->length] = 0;
        connection->length = 0;
        if (strstr(connection->text, "CALLERID(num)")) connection->is_granted = true;
        if (length + sizeof reply - 1 > sizeof replies) {
            fprintf(stderr, "load: more commands at once than a call has\n");
            exit(2);
        }
        memcpy(replies + length, reply, sizeof reply - 1);
        length += sizeof reply - 1;
    }
    if (length > 0) send_all(connection->descriptor, replies, length);
}

/* Whether the answer is whole. */
static bool hear_answer(struct connection *connection, const char *bytes, ssize_t count) {
    if (connection->missing >= 0) return (connection->missing -= count) <= 0;
    for (ssize_t i = 0; i < count; i++) {
        if (connection->length == LINE - 1) {
            fprintf(stderr, "load: the head of an answer is too long\n");
            exit(2);
        }
        connection->text[connection->length++] = bytes[i];
        connection->text[connection->length] = 0;
        if (connection->length < 4 || memcmp(connection->text + connection->length - 4, "\r\n\r\n", 4)) continue;
        const char *field = strcasestr(connection->text, "\r\ncontent-length:");
        if (!field) {
            fprintf(stderr, "load: an answer without a length: %s\n", connection->text);
            exit(2);
        }
        connection->is_granted = strncmp(connection->text, "HTTP/1.1 200", 12) == 0;
        connection->missing = atol(field + strlen("\r\ncontent-length:")) - (count - i - 1);
        return connection->missing <= 0;
    }
    return false;
}

static void hear(struct connection *connection) {
    char bytes[16384];
    ssize_t got = read(connection->descriptor, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        close_connection(connection);
        /* An HTTP connection may be closed by the server only between calls: this one has no answer. */
        if (is_http) connection->is_granted = false;
        end_call(connection);
    } else if (!is_http) {
        hear_commands(connection, bytes, got);
    } else if (hear_answer(connection, bytes, got)) {
        end_call(connection);
    }
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 6) return 2;
    is_http = strcmp(argv[1], "http") == 0;
    port = atoi(argv[2]);
    int count = atoi(argv[3]);
    wanted = atol(argv[4]);
    for (char *word = strtok(argv[5], ","); word && destinations_count < DESTINATIONS; word = strtok(0, ","))
        destinations[destinations_count++] = word;
    arguments = argv + 6;
    arguments_count = argc - 6;
    if (count < 1 || count > CONNECTIONS || destinations_count == 0 || (is_http && arguments_count != 1)) return 2;
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, 0);
    events = epoll_create1(0);
    double began = microseconds();
    for (int i = 0; i < count; i++) {
        connections[i].descriptor = -1;
        if (!is_done()) start_call(&connections[i]);
    }
    while (ended < started) {
        struct epoll_event ready[256];
        int n = epoll_wait(events, ready, 256, 10000);
        if (n == 0) {
            fprintf(stderr, "load: no answer in ten seconds\n");
            return 2;
        }
        for (int i = 0; i < n; i++) hear(ready[i].data.ptr);
    }
    double seconds = (microseconds() - began) / 1e6;
    if (ended == 0) return 2;
    qsort(times, (size_t)ended, sizeof *times, by_size);
    printf("%.1f %.0f %.0f %.0f %ld %ld\n", (double)ended / seconds, times[ended / 2], times[ended * 99 / 100],
        times[ended - 1], granted, ended);
    return 0;
}
