/* Times whole processes, in turn, so that a machine whose speed drifts drifts for all of them alike.
 *
 *   interleave RUNS STDIN NAME COMMAND [NAME COMMAND ...]
 *
 * Each COMMAND is one string, parted at spaces. Prints a line for each: name, median, p95 and p99 in microseconds, and
 * the median of the ratios to the first, run by run.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_COMMANDS 16
#define MAX_WORDS 32
#define WARM_UP 5

extern char **environ;

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static double run(char **words, const char *input) {
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    double start = now();
    if (posix_spawnp(&child, words[0], &actions, 0, words, environ)) {
        perror(words[0]);
        exit(1);
    }
    waitpid(child, &status, 0);
    double took = now() - start;
    posix_spawn_file_actions_destroy(&actions);
    if (status) {
        fprintf(stderr, "%s ended with status %d\n", words[0], status);
        exit(1);
    }
    return took;
}

int main(int argc, char **argv) {
    static char *words[MAX_COMMANDS][MAX_WORDS];
    double *times[MAX_COMMANDS];
    int runs = argc > 4 ? atoi(argv[1]) : 0, commands = (argc - 3) / 2;
    if (runs < 1 || commands > MAX_COMMANDS) return 2;
    for (int c = 0; c < commands; c++) {
        int n = 0;
        for (char *word = strtok(argv[4 + 2 * c], " "); word && n < MAX_WORDS - 1; word = strtok(0, " "))
            words[c][n++] = word;
        times[c] = malloc(sizeof(double) * (size_t)runs);
    }
    for (int r = -WARM_UP; r < runs; r++)
        for (int c = 0; c < commands; c++) {
            double took = run(words[c], argv[2]);
            if (r >= 0) times[c][r] = took;
        }
    double *ratios[MAX_COMMANDS];
    for (int c = 0; c < commands; c++) {
        ratios[c] = malloc(sizeof(double) * (size_t)runs);
        for (int r = 0; r < runs; r++) ratios[c][r] = times[c][r] / times[0][r];
    }
    for (int c = 0; c < commands; c++) {
        qsort(times[c], (size_t)runs, sizeof(double), ascending);
        qsort(ratios[c], (size_t)runs, sizeof(double), ascending);
        printf("%s\t%.0f\t%.0f\t%.0f\t%.3f\n", argv[3 + 2 * c], times[c][runs / 2], times[c][runs * 95 / 100],
            times[c][runs * 99 / 100], ratios[c][runs / 2]);
    }
    return 0;
}
