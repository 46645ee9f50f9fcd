package import Diagnostics
package import Graphs
package import Tensors

extension SceneForm {
  /// Why a network is none for scenes.
  package struct Refusal: SiteError {
    package enum Kind: Hashable, Sendable {
      case inputs(Int)
      case noOutput
      /// The input is no image, and why.
      case input(name: String, type: TensorType, why: String)
      /// The output is none of the image; its type for an image of so many rows and columns.
      case output(name: String, type: TensorType, rows: Int, columns: Int)
      /// The output is the same for all images.
      case constantOutput(name: String)
      case graph(GraphError)
    }

    package let kind: Kind

    package init(_ kind: Kind) { self.kind = kind }

    /// An input, output or node.
    package var site: String {
      switch kind {
      case .inputs: "inputs"
      case .noOutput: "outputs"
      case .input(let name, _, _), .output(let name, _, _, _), .constantOutput(let name): name
      case .graph(let error): error.site
      }
    }

    package var what: String {
      switch kind {
      case .inputs(let count): "the model has \(count) inputs, a scene is one image"
      case .noOutput: "the model has no output"
      case .input(_, let type, let why): "the input \(type) is no image: \(why)"
      case .output(_, let type, let rows, let columns):
        "the output is \(type) for an image of \(columns)x\(rows): no two of its axes are the image's rows and columns, "
          + "or smaller by a constant border and a whole factor"
      case .constantOutput: "the output does not depend on the image"
      case .graph(let error): error.what
      }
    }

    package var remedy: Remedy? {
      if case .output = kind { .outputOfScores(axes: "height x width x classes, in any order") } else { nil }
    }
  }
}
