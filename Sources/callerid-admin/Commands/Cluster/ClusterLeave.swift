import ArgumentParser
import Cluster
import Foundation
import Output
import Rotation

struct ClusterLeave: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "leave", abstract: "Let this machine leave the cluster, or, with --all, end the cluster.",
    discussion: """
      It gives back its numbers; they stay listed here, but are the cluster's. It waits until calls hold none of them any \
      more. The last dialer leaves with --all, and is a single machine with all numbers afterwards.
        callerid-admin cluster leave
        callerid-admin cluster leave --all
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var fileOption: ClusterFileOption
  @Flag(help: "End the cluster: this dialer is the last one, and has all numbers afterwards.") var all = false
  @Flag(help: "Do not wait for calls: nobody gets the numbers that they hold before tomorrow.") var now = false
  @OptionGroup var confirmation: Confirmation

  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    guard let membership = store.membership else {
      throw StoreError(.refused, "this store is no cluster's", hint: "See the dialers with: cluster status")
    }
    let joining = ClusterJoining(store: store, engine: engine, name: membership.dialer)
    if all {
      try confirmation.ask { "The cluster ends, and \(membership.dialer) has all numbers. Go on?" }
      let numbers = try joining.leaveLast()
      return Terminal.print("The cluster has ended. This machine has \(numbers.counting("number")).")
    }
    try confirmation.ask { "Calls here get no numbers any more when \(membership.dialer) has left. Go on?" }
    let count = try joining.leave { left in
      Terminal.progress("waiting for the calls that hold \(left.counting("number"))")
      sleep(1)
      return !now
    }
    Terminal.endProgress()
    Terminal.print("\(membership.dialer) has left the cluster; \(count.counting("number")) given back")
  }
}

struct ClusterEvict: ClusterCommand {
  static let configuration = CommandConfiguration(
    commandName: "evict", abstract: "Take a dialer's numbers away that is gone.",
    discussion: """
      The others do so by themselves when it has been silent for longer than its lease. Nobody knows how often it has \
      called since it was last heard of, so its numbers rest until tomorrow, or until it comes back and tells. If the \
      machine was switched off when it was last seen, say --gone: its numbers are free at once.
        callerid-admin cluster evict dialer3
        callerid-admin cluster evict dialer3 --gone
      """)

  @ParentCommand var root: CalleridAdmin
  @OptionGroup var storeOptions: StoreOptions
  @OptionGroup var fileOption: ClusterFileOption
  @Argument(help: "The dialer's name.") var name: String
  @Flag(help: "It has made no call since it was last seen, and makes none now.") var gone = false
  @OptionGroup var confirmation: Confirmation

  func run(on store: Store, _ engine: Engine, _ file: ClusterFile) throws {
    guard let dialer = try engine.dialer(named: name) else {
      let known = try engine.dialers().map(\.name)
      throw StoreError.unknown(
        .refused, "the cluster has no dialer \(name)", named: name, among: known,
        hint: "The dialers are: \(known.joined(separator: ", "))")
    }
    guard dialer.isActive else { return Terminal.print("\(dialer.name) is no dialer of the cluster any more") }
    try confirmation.ask {
      "\(dialer.name) was seen \(dialer.silentSeconds) s ago."
        + (gone ? " If it still makes calls, two calls can show one number at a time." : "") + " Evict it?"
    }
    let until = gone ? 0 : store.unsettledUntil(leaseSeconds: try engine.facts().leaseSeconds)
    let numbers = try engine.evict(dialer.id, ifBeatIs: nil, unsettledUntil: until) ?? 0
    try engine.endRecovery()
    Terminal.print(
      "\(dialer.name) is evicted; \(numbers.counting("number")) "
        + (gone ? "free" : "free tomorrow, or when it has come back"))
  }
}
