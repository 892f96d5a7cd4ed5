/* A program that only ends: what starting a process costs. */
int main(void) { return 0; }
