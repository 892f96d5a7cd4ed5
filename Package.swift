// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// For the calling path: without these two modules, which the compiler otherwise imports everywhere, the program that
/// Asterisk starts is a quarter smaller; and each generic type that it meets is made by a function of the type's own
/// instead of from its name, which is read anew in every process (a tenth of a call). What mirrors show, such as an enum's
/// cases as texts, is kept for the tests alone.
let lean: [SwiftSetting] =
  settings + [
    .unsafeFlags([
      "-Xfrontend", "-disable-implicit-string-processing-module-import",
      "-Xfrontend", "-disable-implicit-concurrency-module-import",
      "-Xfrontend", "-disable-concrete-type-metadata-mangled-name-accessors",
      "-Xfrontend", "-disable-type-layout",
    ]),
    .unsafeFlags(["-Xfrontend", "-disable-reflection-metadata"], .when(configuration: .release)),
  ]

let package = Package(
  name: "callerid",
  products: [
    .executable(name: "callerid-agi", targets: ["callerid-agi"]),
    .executable(name: "callerid-admin", targets: ["callerid-admin"]),
    // For `make fuzz` to link with libFuzzer.
    .library(name: "Fuzzing", type: .static, targets: ["Fuzzing"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The hash of a token.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // The templates of the page.
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    // Tests only: child processes with both pipes drained at once.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // The calling path. No Foundation here: it costs five milliseconds a start.
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: lean),
    .target(name: "PlainText", swiftSettings: lean),
    .target(
      name: "Rotation", dependencies: ["PlainText", "SQLite"], resources: [.embedInCode("Numbering/AreaCodes.csv")],
      swiftSettings: lean),
    .target(name: "AGI", dependencies: ["PlainText"], swiftSettings: lean),
    .target(name: "Calls", dependencies: ["AGI", "Rotation"], swiftSettings: lean),
    .executableTarget(
      name: "callerid-agi", dependencies: ["Calls", "Rotation"], swiftSettings: lean),

    // The engine that several dialers share their numbers through. The calling path does without.
    .systemLibrary(name: "CMariaDB", providers: [.apt(["libmariadb-dev"])]),
    .target(name: "MariaDB", dependencies: ["CMariaDB"], swiftSettings: settings),
    .target(name: "Cluster", dependencies: ["MariaDB", "Rotation"], swiftSettings: settings),

    // The operator's side: files of numbers that come in and go out, and what people and programs are shown.
    .target(name: "NumberFiles", dependencies: ["Rotation"], swiftSettings: settings),
    .target(name: "Output", dependencies: ["NumberFiles", "Rotation"], swiftSettings: settings),
    .executableTarget(
      name: "callerid-admin",
      dependencies: [
        "Access", "Cluster", "MariaDB", "NumberFiles", "Output", "Rotation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // The server: the same store and the same conversations over FastAGI and HTTP.
    .target(
      name: "Access", dependencies: ["Rotation", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .target(name: "WebCalls", dependencies: ["NumberFiles", "Rotation"], swiftSettings: settings),
    .target(
      name: "Dashboard",
      dependencies: ["Output", "Rotation", .product(name: "Mustache", package: "swift-mustache")],
      resources: [.embedInCode("Assets"), .embedInCode("Templates")], swiftSettings: settings),

    // What `make bench` measures the library with; not a product.
    .executableTarget(
      name: "callerid-bench", dependencies: ["Rotation"], path: "Benchmarks/callerid-bench",
      swiftSettings: settings),

    // What makes the store of a simulated week, for tests and `make demo-page`; not a product.
    .executableTarget(
      name: "callerid-week",
      dependencies: [
        "NumberFiles", "Rotation", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/callerid-week", swiftSettings: settings),

    .target(
      name: "TestSupport",
      dependencies: [
        "SQLite",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/TestSupport", swiftSettings: settings),
    // The sources themselves: who imports whom, where SQL is, and whether CONTRIBUTING knows each folder.
    .testTarget(name: "StructureTests", swiftSettings: settings),
    // Real nodes, which `make mariadb` brings.
    .testTarget(
      name: "ClusterTests", dependencies: ["Cluster", "MariaDB", "Rotation", "SQLite", "TestSupport"],
      swiftSettings: settings),
    .testTarget(name: "MariaDBTests", dependencies: ["MariaDB", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "RotationTests", dependencies: ["Rotation", "SQLite", "TestSupport"],
      swiftSettings: settings),
    .testTarget(name: "AGITests", dependencies: ["AGI", "PlainText"], swiftSettings: settings),
    .testTarget(name: "NumberFilesTests", dependencies: ["NumberFiles", "Rotation"], swiftSettings: settings),
    .testTarget(name: "WebCallsTests", dependencies: ["Rotation", "WebCalls"], swiftSettings: settings),
    .testTarget(name: "DashboardTests", dependencies: ["Dashboard", "Output", "Rotation"], swiftSettings: settings),
    .testTarget(name: "OutputTests", dependencies: ["Output", "Rotation"], swiftSettings: settings),
    // Conversations as both sides say them, for whatever program is to be held against them.
    .target(name: "CallVectors", path: "Tests/CallVectors", swiftSettings: settings),
    .testTarget(
      name: "CallsTests", dependencies: ["CallVectors", "Calls", "Rotation"], swiftSettings: settings),
    .testTarget(
      name: "ProgramTests",
      dependencies: ["CallVectors", "NumberFiles", "Output", "Rotation", "SQLite", "TestSupport"],
      swiftSettings: settings),

    // Hostile input for every reader of outside text: searched for by libFuzzer (`make fuzz`), replayed by the tests.
    // `Program` links to the one source of a program that is fuzzed, since nothing can import a program.
    .target(
      name: "Fuzzing",
      dependencies: ["AGI", "Calls", "NumberFiles", "Output", "Rotation", "SQLite", "WebCalls"],
      path: "Fuzz/Fuzzing", swiftSettings: settings),
    .testTarget(
      name: "FuzzTests", dependencies: ["Fuzzing"], path: "Fuzz/Tests", swiftSettings: settings),

    // A sample of what `make torture` tries in full.
    .testTarget(
      name: "TortureTests", dependencies: ["SQLite", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "AsteriskTests", dependencies: ["SQLite", "TestSupport"],
      swiftSettings: settings),
  ]
)

// The server's libraries take minutes to build. `make sanitize-short` does without.
if Context.environment["WITHOUT_SERVER"] == nil {
  package.products.append(.executable(name: "callerid-server", targets: ["callerid-server"]))
  package.dependencies += [
    // Without the traits that bring all of Foundation.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ]
  package.targets += [
    .executableTarget(
      name: "callerid-server",
      dependencies: [
        "Access", "Calls", "Cluster", "Dashboard", "NumberFiles", "Output", "Rotation", "WebCalls",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOExtras", package: "swift-nio-extras"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("HTTP/OpenAPI.json")], swiftSettings: settings),
    // What `make bench` holds the server against; not a product.
    .executableTarget(
      name: "callerid-bench-http",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Benchmarks/callerid-bench-http", swiftSettings: settings),
  ]
}
