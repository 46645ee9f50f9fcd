import Graphs
import Tensors
import Testing

/// `y = (x + c) + (x + c) + 1`, with the halves of a second input beside it.
private func example() throws -> Graph {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [nil]))
  let c = graph.constant(Tensor([2], [10, 20]), name: "c")
  let v = graph.input("v", TensorType(.float32, [4]))
  try graph.add(Halves(), [v], name: "split")
  let once = try graph.add(Sum(), [Value(3, 0), c], name: "once")
  let twice = try graph.add(Sum(plus: 1), [once, once, Value(3, 1)], name: "twice")
  graph.output(twice, name: "y")
  graph.output(try graph.add(Sum(), [x], name: "copy"), name: "z")
  return graph
}

@Test func `the dump is one line per node and output`() throws {
  #expect(
    "\(try example())" == """
      %0 x = input() : f32[?]
      %1 c = constant() : f32[2]
      %2 v = input() : f32[4]
      %3 split = halves(%2) : f32[2], f32[2]
      %4 once = sum(%3, %1) : f32[2]
      %5 twice = sum(%4, %4, %3.1) plus=1.0 : f32[2]
      %6 copy = sum(%0) : f32[?]
      output y = %5
      output z = %6
      """)
}

@Test func `the Graphviz form leaves constants out and quotes names`() throws {
  var graph = Graph()
  let x = graph.input("x \"in\" \\n & \n<b>", TensorType(.float32, [2]))
  let c = graph.constant(Tensor([2], [1, 2]), name: "c")
  graph.output(try graph.add(Sum(), [x, c], name: "y"), name: "z")
  #expect(
    graph.dot == #"""
      digraph model {
        rankdir=TB; node [shape=box, fontname=Helvetica];
        n0 [label="x \"in\" \\n &amp;  <b>\ninput f32[2]"];
        n2 [label="y\nsum f32[2]"];
        n0 -> n2;
        o0 [label="z", shape=ellipse];
        n2 -> o0;
      }
      """#)
}

@Test func `a skeleton has the types of its graph, and small constants only`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [2]))
  let w = graph.input("w", TensorType(.float32, [17]))
  let few = graph.constant(Tensor([2], [1, 2]), name: "few")
  let many = graph.constant(Tensor([17], [Float](repeating: 1, count: 17)), name: "many")
  graph.output(try graph.add(Sum(), [x, few], name: "y"), name: "y")
  graph.output(try graph.add(Sum(), [w, many], name: "z"), name: "z")
  let skeleton = graph.skeleton
  #expect(
    skeleton.nodes.map(\.types) == graph.nodes.map(\.types) && skeleton.nodes.map(\.name) == graph.nodes.map(\.name))
  #expect(skeleton.nodes.map { $0.op is Constant } == [false, false, true, false, false, false])
}

@Test func `evaluation follows the definitions`() throws {
  let outputs = try example().evaluate(["x": Tensor([1], [5]), "v": Tensor([4], [1, 2, 3, 4])])
  #expect(outputs == [Tensor([2], [26, 49]), Tensor([1], [5])])
}

@Test func `evaluation needs every input`() throws {
  #expect(throws: GraphError(.request, "v", "no value was given for this input")) {
    try example().evaluate(["x": Tensor([1], [5])])
  }
}

@Test func `adding a node checks what it reads`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [2]))
  #expect(throws: GraphError(.structure, "bad", "reads node 7, which does not exist yet")) {
    try graph.add(Sum(), [Value(7)], name: "bad")
  }
  let y = graph.input("y", TensorType(.float32, [3]))
  #expect(throws: GraphError(.types, "bad", "sum: cannot add f32[3] to f32[2]")) {
    try graph.add(Sum(), [x, y], name: "bad")
  }
  #expect(graph.nodes.count == 2, "what was refused was not added")
}

@Test func `specialising infers every type anew`() throws {
  let graph = try example()
  let small = try graph.specialised(to: ["x": TensorType(.float32, [7])])
  #expect(small[Value(6)] == TensorType(.float32, [7]))
  #expect(small[Value(5)] == TensorType(.float32, [2]))
  try small.verify()
}

@Test func `specialising refuses unknown inputs, other ranks and sizes that do not fit`() throws {
  let graph = try example()
  #expect(throws: GraphError(.request, "w", "the model has no such input")) {
    try graph.specialised(to: ["w": TensorType(.float32, [7])])
  }
  #expect(throws: GraphError(.request, "x", "f32[1x7] does not have the rank of f32[?]")) {
    try graph.specialised(to: ["x": TensorType(.float32, [1, 7])])
  }
  #expect(throws: GraphError(.types, "once", "sum: cannot add f32[2] to f32[3]")) {
    try graph.specialised(to: ["v": TensorType(.float32, [6])])
  }
}

@Test func `verification finds outputs that share a name or do not exist`() throws {
  var graph = try example()
  try graph.verify()
  graph.output(Value(0), name: "y")
  #expect(throws: GraphError(.structure, "outputs", "two outputs share a name")) { try graph.verify() }
  var other = try example()
  other.output(Value(9), name: "w")
  #expect(throws: GraphError(.structure, "w", "output of a value that does not exist")) { try other.verify() }
}

@Test func `users are listed once per reading input`() throws {
  #expect(try example().users() == [[6], [4], [3], [4, 5], [5, 5], [], []])
}

@Test func `pruning keeps inputs and what outputs need`() throws {
  var graph = Graph()
  let x = graph.input("x", TensorType(.float32, [2]))
  graph.input("unread", TensorType(.float32, [1]))
  try graph.add(Sum(), [x], name: "dead")
  let alive = try graph.add(Sum(plus: 2), [x], name: "alive")
  graph.output(alive, name: "y")
  #expect(
    "\(graph.pruned())" == """
      %0 x = input() : f32[2]
      %1 unread = input() : f32[1]
      %2 alive = sum(%0) plus=2.0 : f32[2]
      output y = %2
      """)
}
