/* An HTTP service that answers at once: what an AGI that asks a service cannot be faster than.
 *
 *   answer
 *
 * Listens on a free port of the loopback interface, prints it, and gives every request the same caller-ID.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 28\r\nConnection: close\r\n\r\n"
    "{\"caller_id\": \"12145550101\"}";

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 128)) {
        perror("cannot listen");
        return 1;
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        char request[8192];
        size_t length = 0;
        ssize_t got;
        int client = accept(listener, 0, 0);
        while (length < sizeof request - 1 && (got = read(client, request + length, sizeof request - 1 - length)) > 0) {
            length += (size_t)got;
            request[length] = 0;
            if (strstr(request, "\r\n\r\n")) break;
        }
        if (write(client, answer, sizeof answer - 1) < 0) perror("answer");
        close(client);
    }
}
