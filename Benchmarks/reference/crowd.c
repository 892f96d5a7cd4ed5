/* Many calls at once, against the same number one after another.
 *
 *   crowd ROUNDS PROCESSES INPUTS COMMAND
 *
 * Prints a line a round: the microseconds that PROCESSES of the command take one after another, those from the start of
 * the first to the end of the last when all are started at once, and how many of these were refused.
 */
#define _GNU_SOURCE
#include "spawn.h"

int main(int argc, char **argv) {
    static char *words[MAX_WORDS];
    if (argc != 5) return 2;
    int rounds = atoi(argv[1]), processes = atoi(argv[2]), inputs = count_inputs(argv[3]), input = 0, status;
    split(argv[4], words);
    for (int r = 0; r < rounds; r++) {
        int refused = 0;
        double began = microseconds();
        for (int p = 0; p < processes; p++) {
            waitpid(start(words, argv[3], input++ % inputs), &status, 0);
            was_refused(status, words[0]);
        }
        double sequential = microseconds() - began;
        began = microseconds();
        for (int p = 0; p < processes; p++) start(words, argv[3], input++ % inputs);
        for (int p = 0; p < processes; p++) {
            wait(&status);
            refused += was_refused(status, words[0]);
        }
        printf("%.0f %.0f %d\n", sequential, microseconds() - began, refused);
    }
    return 0;
}
