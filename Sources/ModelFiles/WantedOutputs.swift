import Diagnostics

/// Which outputs of a model are imported. What none of them needs is left out, whether it could be imported or not.
public enum WantedOutputs: Sendable, Hashable {
  /// All of them; one that cannot be imported is an error.
  case all
  /// So many in the order of the model, or all where it has fewer.
  case first(Int)
  /// Those of these names; one that the model does not have is an error.
  case named([String])
  /// All that can be imported: of a model with several outputs, those that ask for something unsupported are left out with a note.
  case possible
}

extension WantedOutputs {
  /// The places of the wanted outputs among all of a model's.
  ///
  /// Errors: `usage` for a name that no output has.
  package func places(among names: [String]) throws(ImportError) -> Set<Int> {
    switch self {
    case .all, .possible: return Set(names.indices)
    case .first(let count): return Set(names.indices.prefix(max(count, 1)))
    case .named(let wanted):
      var result: Set<Int> = []
      for name in wanted {
        guard let place = names.firstIndex(of: name) else {
          throw ImportError(
            .usage, "outputs",
            "the model has no output \(printable(name)), but \(names.map(printable).joined(separator: ", "))")
        }
        result.insert(place)
      }
      return result
    }
  }

  /// What `imported` makes of the wanted outputs, given their places, with a note for each that was left out.
  ///
  /// Errors: those of `imported`; of outputs of which none can be imported, that of all together.
  package func imported<Model>(
    _ names: [String], _ imported: (Set<Int>) throws(ImportError) -> Model
  ) throws(ImportError) -> (model: Model, notes: [String]) {
    let places = try places(among: names)
    do throws(ImportError) { return (try imported(places), []) } catch {
      guard self == .possible, error.kind == .unsupported, names.count > 1 else { throw error }
      var (kept, notes) = (places, [String]())
      for place in names.indices {
        do throws(ImportError) { _ = try imported([place]) } catch {
          guard error.kind == .unsupported else { throw error }
          kept.remove(place)
          notes.append("output \(printable(names[place])) is left out: \(error.site): \(error.what)")
        }
      }
      guard !kept.isEmpty else { throw error }
      return (try imported(kept), notes)
    }
  }
}
