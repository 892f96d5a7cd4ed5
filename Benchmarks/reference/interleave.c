/* Times whole processes, in turn, so that a machine whose speed drifts drifts for all of them alike.
 *
 *   interleave RUNS WARM_UP INPUTS COMMAND [COMMAND ...]
 *
 * Each COMMAND is one string, parted at spaces; its stdin is one of the files 0, 1, 2 ... of the folder INPUTS, the
 * next one at each run. RUNS 0 goes on until SIGTERM. Prints a line a run, with the microseconds of each command from
 * its start to its end (negative where it exited with 1, which says that a call was refused), and last the most memory
 * that each has had resident, in kilobytes.
 */
#define _GNU_SOURCE
#include "spawn.h"
#include <signal.h>

#define MAX_COMMANDS 16

static volatile sig_atomic_t ended;

static void end(int signal) { ended = signal; }

int main(int argc, char **argv) {
    static char *words[MAX_COMMANDS][MAX_WORDS];
    static long memory[MAX_COMMANDS];
    int commands = argc - 4;
    if (commands < 1 || commands > MAX_COMMANDS) return 2;
    int runs = atoi(argv[1]), warm_up = atoi(argv[2]), inputs = count_inputs(argv[3]);
    for (int c = 0; c < commands; c++) split(argv[4 + c], words[c]);
    struct sigaction action = {.sa_handler = end, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, 0);
    for (int r = 0; !ended && (runs == 0 || r < warm_up + runs); r++) {
        double times[MAX_COMMANDS];
        for (int c = 0; c < commands; c++) {
            int status;
            struct rusage usage;
            double began = microseconds();
            pid_t child = start(words[c], argv[3], r % inputs);
            wait4(child, &status, 0, &usage);
            times[c] = microseconds() - began;
            if (was_refused(status, words[c][0])) times[c] = -times[c];
            if (usage.ru_maxrss > memory[c]) memory[c] = usage.ru_maxrss;
        }
        if (r < warm_up) continue;
        for (int c = 0; c < commands; c++) printf("%.0f%c", times[c], c + 1 < commands ? ' ' : '\n');
    }
    for (int c = 0; c < commands; c++) printf("%ld%c", memory[c], c + 1 < commands ? ' ' : '\n');
    return 0;
}
