extension CallVector {
  /// All there are.
  package static let all = answers + campaigns + refusals + releases + ends

  /// The seven commands that give a call the number.
  static let presentation = [
    "SET VARIABLE CALLERID_STATUS OK", #"SET VARIABLE CALLERID_CARRIER "Acme Telecom""#,
    "SET VARIABLE CALLERID_AREA_CODE 214", "SET VARIABLE CALLERID_MATCH area",
    "SET VARIABLE CALLERID(name) 2145550101", "SET VARIABLE CALLERID(num) 2145550101",
    #"VERBOSE "Using Rotated Caller-ID: 2145550101" 1"#,
  ]
  static let outgoingPresentation: [String] =
    presentation[..<5] + ["SET VARIABLE CONNECTEDLINE(num,i) 2145550101", presentation[5]]
    + [
      #"VERBOSE "Using Rotated Caller-ID: 2145550101 (as the connected line of the channel that Dial() calls out with)" 1"#
    ]
  static let withheldPresentation: [String] =
    presentation[..<5] + ["SET VARIABLE CALLERID(pres) allowed_not_screened"] + presentation[5...]
  static let presentationWithoutName = presentation.filter { !$0.contains("CALLERID(name)") }
  static let outgoing = "GET VARIABLE DIALEDPEERNUMBER"
  static let destinations = ["GET VARIABLE OUTNUM", "GET VARIABLE DIAL_NUMBER", "GET VARIABLE MACRO_EXTEN"]
  static let questions = ["GET VARIABLE CAMPCUST", "GET VARIABLE campaign_id"]

  static func done(_ count: Int) -> [String] { Array(repeating: "200 result=1", count: count) }

  /// As Asterisk 16.28 refuses a command that it cannot read.
  static let usage = [
    "520-Invalid command syntax.  Proper usage follows:", "Usage: SET VARIABLE <variablename> <value>",
    "200 result=1", "520 End of proper usage.",
  ]

  private static func vector(_ description: String, _ change: (inout CallVector) -> Void) -> CallVector {
    var vector = CallVector(description)
    change(&vector)
    return vector
  }

  private static func answer(
    _ description: String, _ commands: [String] = presentation, _ change: (inout CallVector) -> Void = { _ in }
  ) -> CallVector {
    vector(description) {
      $0.turns = [Turn(commands, done(commands.count))]
      change(&$0)
    }
  }

  // MARK: A number is given

  static let answers = [
    answer("a call gets a number"),
    answer("line ends of Windows") { $0.lineEnd = "\r\n" },
    answer("arguments that VICIdial has joined") { $0.arguments = ["SALES-----1001-----to=12145551212"] },
    answer("without a reservation") {
      $0.arguments = ["SALES", "", "ttl=0"]
      $0.isHeld = false
    },
    answer("a VICIdial call keeps its name", presentationWithoutName) {
      $0.environment = environment("agi_calleridname", "V1124150058000001234")
    },
    answer("the name is kept", presentationWithoutName) { $0.arguments = ["SALES", "1001", "name=keep"] },
    answer(
      "the number's own name",
      presentation.map {
        $0.contains("CALLERID(name)") ? #"SET VARIABLE CALLERID(name) "The \"Dallas\" \\ office""# : $0
      }
    ) { $0.arguments = ["SALES", "1001", "name=name"] },
    answer("the number that was dialled to get here") {
      $0.environment = environment("agi_extension", "s").map {
        $0.hasPrefix("agi_dnid: ") ? "agi_dnid: 12145551212" : $0
      }
      $0.turns = ([outgoing] + destinations).map { Turn([$0], ["200 result=0"]) } + $0.turns
    },
    answer("the number that goes to the trunk, in FreePBX's variable") {
      $0.environment = environment("agi_extension", "s")
      $0.turns =
        [Turn([outgoing], ["200 result=0"]), Turn([destinations[0]], ["200 result=1 (+12145551212)"])] + $0.turns
    },
    answer("a macro's extension, and the campaign by the channel") {
      $0.arguments = []
      $0.environment = environment("agi_extension", "s")
      $0.turns =
        [
          Turn([outgoing], ["200 result=0"]), Turn([destinations[0]], ["200 result=0"]),
          Turn([destinations[1]], ["200 result=1 (s)"]),
          Turn([destinations[2]], ["200 result=1 (12145551212)"]), Turn([questions[0]], ["200 result=1 (SALES)"]),
        ] + $0.turns
    },
    answer("the channel that Dial() calls out with", outgoingPresentation) {
      $0.environment = environment("agi_callerid", "12145551212")
      $0.turns = [Turn([outgoing], ["200 result=1 (12145551212@trunk)"])] + $0.turns
    },
    answer("the same in a subroutine", outgoingPresentation) {
      $0.environment = environment("agi_extension", "s")
      $0.turns = [Turn([outgoing], ["200 result=1 (12145551212@trunk)"])] + $0.turns
    },
    answer("a person who calls their own number") {
      $0.environment = environment("agi_callerid", "12145551212")
      $0.turns = [Turn([outgoing], ["200 result=0"])] + $0.turns
    },
    answer("a call that withholds its number shows it", withheldPresentation) {
      $0.environment = environment("agi_callingpres", "35")
    },
    answer("spaces behind the commas of the dialplan") { $0.arguments = [" SALES", " 1001", " to=12145551212"] },
    answer(
      "a caller-ID that somebody chose is kept",
      ["SET VARIABLE CALLERID_STATUS KEPT", #"VERBOSE "Caller-ID kept: the call shows one of our numbers already" 1"#]
    ) {
      $0.arguments = ["SALES", "1001", "respect-existing"]
      $0.environment = environment("agi_callerid", number)
      $0.isHeld = false
    },
  ]

  // MARK: The channel knows the campaign

  static let campaigns =
    [
      // The second question is asked where the first one's reply has no value.
      [["200 result=1 (SALES)"]], [["200 result=0"], ["200 result=1 (TEST (1) CAMP)"]],
      [["200 result=0"], ["200 result=0"]], [["200 result=1 ()"], ["200 result=1 (SALES)"]],
      [["510 Invalid or unknown command"], ["200 result=1 (SALES)"]], [usage, usage],
    ].map { replies in
      vector("the channel is asked for the campaign, and says \(replies)") {
        $0.arguments = []
        $0.turns = zip(questions, replies).map { Turn([$0], $1) } + [Turn(presentation, done(7))]
      }
    } + [
      vector("the caller hangs up before the channel's campaign is known") {
        $0.arguments = []
        $0.turns = [Turn([questions[0]], ["200 result=0"]), Turn([questions[1]], [])]
        $0.end = .hangsUp
        $0.isHeld = false
      },
      vector("Asterisk does not say what the channel's campaign is") {
        $0.arguments = []
        $0.turns = [Turn([questions[0]], [])]
        $0.end = .isSilent
        $0.isSuccess = false
        $0.isHeld = false
      },
    ]

  // MARK: Nothing is given

  private static func refusal(
    _ status: String, _ reason: String, _ change: (inout CallVector) -> Void
  ) -> CallVector {
    let commands = [
      "SET VARIABLE CALLERID_STATUS \(status)", #"VERBOSE "Caller-ID unchanged: \#(status): \#(reason)" 1"#,
    ]
    return answer("\(status): \(reason)", commands) {
      $0.isSuccess = false
      $0.isHeld = false
      change(&$0)
    }
  }

  static let refusals = [
    refusal("NONE_AVAILABLE", "there is no number that would do") { $0.stock = .empty },
    refusal("STORE_BUSY", "the store is locked by another process") { $0.stock = .locked },
    refusal("STORE_ERROR", "there is no store at \(storePath)") { $0.stock = .missing },
    refusal("BAD_REQUEST", "to= is given twice") { $0.arguments = ["SALES", "", "to=12145551212", "to=2145551213"] },
    // It is said even where it cannot be logged.
    refusal("BAD_REQUEST", "area= is 1 to 6 digits, not abc") {
      $0.arguments = ["", "", "area=abc"]
      $0.stock = .locked
    },
    refusal("BAD_REQUEST", "status= goes with action=release") { $0.arguments = ["SALES", "", "status=ANSWER"] },
  ]

  // MARK: A number is released

  private static func release(_ numbers: String, _ change: (inout CallVector) -> Void = { _ in }) -> CallVector {
    answer(
      "a release of \(numbers)", ["SET VARIABLE CALLERID_STATUS OK", #"VERBOSE "Released Caller-ID: \#(numbers)" 1"#]
    ) {
      $0.arguments = ["", "", "action=release", "status=ANSWER", "answered=12"]
      $0.isHeld = false
      change(&$0)
    }
  }

  static let releases = [
    release(number) { $0.stock = .held },
    release("none held"),
    refusal("BAD_REQUEST", "Asterisk sent no agi_uniqueid to release by") {
      $0.arguments = ["", "", "action=release"]
      $0.environment = usualEnvironment.filter { !$0.hasPrefix("agi_uniqueid") }
    },
    refusal("STORE_BUSY", "the store is locked by another process") {
      $0.arguments = ["", "", "action=release"]
      $0.stock = .locked
    },
  ]
}
