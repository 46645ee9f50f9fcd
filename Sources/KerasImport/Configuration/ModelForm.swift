/// How a model holds its layers.
///
/// A class of the user's that is made of inputs and outputs, or added up from layers, saves what its base class saves: what its
/// configuration holds says what it is. One whose layers stand in Python code alone is no model that can be read.
enum ModelForm {
  case functional, sequential

  /// The form of a serialised object; nil for one that is no model with its layers.
  init?(_ object: JSON) {
    let config = object["config"]
    switch object["class_name"]?.string {
    case nil: return nil
    case "Functional", "Model": self = .functional
    // A pipeline applies its layers one after the other, too.
    case "Sequential", "Pipeline": self = .sequential
    default:
      guard let layers = config?["layers"]?.array, layers.allSatisfy({ $0["class_name"]?.string != nil }) else {
        return nil
      }
      if config?["input_layers"] != nil, config?["output_layers"] != nil {
        self = .functional
      } else if config?["build_input_shape"] != nil || layers.first?["class_name"]?.string == "InputLayer" {
        // A list of layers alone may be the parameter of any class; only a Sequential begins with its input.
        self = .sequential
      } else {
        return nil
      }
    }
  }

  /// The class of Keras that a model of this class and form is.
  func className(of className: String) -> String {
    switch self {
    case .functional: className == "Model" ? className : "Functional"
    case .sequential: "Sequential"
    }
  }

  /// The classes that are models by their name.
  static let classNames = ["Functional", "Sequential", "Pipeline"]
}
