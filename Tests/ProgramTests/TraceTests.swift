import Testing

/// What the other tests see of system calls.
struct TraceTests {
  @Test func aCallInTwoLinesIsOne() {
    let log = """
      7 vfork( <unfinished ...>
      8 execve("/proc/self/exe", ["callerid-copy-log"] <unfinished ...>
      7 <... vfork resumed>) = 8
      8 <... execve resumed>) = 0
      8 openat(AT_FDCWD, "a resumed> b", O_RDONLY) = 3
      8 +++ exited with 0 +++
      """
    #expect(
      Trace.whole(log) == [
        "7 vfork() = 8", #"8 execve("/proc/self/exe", ["callerid-copy-log"]) = 0"#,
        #"8 openat(AT_FDCWD, "a resumed> b", O_RDONLY) = 3"#, "8 +++ exited with 0 +++",
      ])
  }
}
