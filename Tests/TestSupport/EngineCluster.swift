internal import Foundation

/// Nodes of one Galera cluster on this machine. A node that joins gets its state from another by rsync.
package final class EngineCluster: Sendable {
  package let nodes: [EngineNode]

  /// Starts them, one after the other.
  ///
  /// - Parameter count: of nodes, from 1.
  package init(nodes count: Int = 3) async throws {
    let tools = try EngineNode.tools
    let group = try EngineNode.freePort()
    var nodes: [EngineNode] = []
    for index in 0..<count {
      let port = index == 0 ? group : try EngineNode.freePort()
      let (state, changes) = (try EngineNode.freePort(), try EngineNode.freePort())
      let peers = ["127.0.0.1:\(group)"] + (index == 0 ? [] : ["127.0.0.1:\(port)"])
      nodes.append(
        try await EngineNode(
          [
            "binlog-format=ROW", "innodb-autoinc-lock-mode=2", "wsrep-on=ON",
            "wsrep-provider=\(tools)/root/usr/lib/galera/libgalera_smm.so", "wsrep-cluster-name=callerid",
            "wsrep-cluster-address=gcomm://\(peers.joined(separator: ","))", "wsrep-node-name=node\(index)",
            "wsrep-node-address=127.0.0.1", "wsrep-sst-method=rsync", "wsrep-sst-receive-address=127.0.0.1:\(state)",
            "wsrep-provider-options=base_host=127.0.0.1;base_port=\(port);gmcast.listen_addr=tcp://127.0.0.1:\(port);"
              + "ist.recv_addr=127.0.0.1:\(changes);gcache.size=8M;gcache.page_size=8M",
          ], isStarted: false))
    }
    self.nodes = nodes
    for (index, node) in nodes.enumerated() { try await node.start(index == 0 ? ["--wsrep-new-cluster"] : []) }
  }
}
