/* Starting programs and timing them, for interleave.c and crowd.c. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 32

extern char **environ;

static double microseconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* Parts a command at its spaces. */
static void split(char *command, char **words) {
    int n = 0;
    for (char *word = strtok(command, " "); word && n < MAX_WORDS - 1; word = strtok(0, " ")) words[n++] = word;
    words[n] = 0;
}

/* The files 0, 1, 2 ... of a folder, given in turn. */
static int count_inputs(const char *folder) {
    char path[4096];
    int count = 0;
    do snprintf(path, sizeof path, "%s/%d", folder, count); while (access(path, R_OK) == 0 && ++count);
    if (count == 0) {
        fprintf(stderr, "no input %s\n", path);
        exit(2);
    }
    return count;
}

/* Starts a program that reads an input of the folder and whose output nobody reads. */
static pid_t start(char **words, const char *folder, int input) {
    char path[4096];
    posix_spawn_file_actions_t actions;
    pid_t child;
    snprintf(path, sizeof path, "%s/%d", folder, input);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, words[0], &actions, 0, words, environ)) {
        perror(words[0]);
        exit(2);
    }
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Ends where a program could not run; a call that was refused (status 1) is a result. */
static int was_refused(int status, const char *program) {
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 1) return WEXITSTATUS(status);
    fprintf(stderr, "%s ended with wait status %d\n", program, status);
    exit(2);
}
