import ModelFiles
import Diagnostics
import Graphs
import KerasImport
import Testing

struct KindTests {
  private static let malformed = packageRoot + "/Fixtures/malformed/keras/"

  @Test(arguments: [
    ("good.keras", ModelKind.kerasArchive), ("good.h5", .legacyModel), ("weights_only.h5", .v3Weights),
    ("architecture.json", .architecture), ("lfs.keras", .gitLFS), ("page.h5", .html), ("image.keras", .png),
    ("model.tflite", .tfLite), ("pickle.h5", .pickle), ("compressed.h5", .gzip), ("saved_model.pb", .savedModel),
    ("torch.keras", .pyTorch), ("zip_folder.keras", .foldedArchive), ("zip_npz.keras", .pickledArchive),
    ("zip_tf211.keras", .experimentalArchive), ("empty.keras", .tooShort), ("noise.keras", .unknown),
  ])
  func `the kind of a file is decided by its content`(name: String, kind: ModelKind) throws {
    #expect(try sniff(path: Self.malformed + name) == kind)
  }

  @Test func `the extension does not matter`() throws {
    let scratch = try Scratch()
    let archive = try scratch.write(bytes(Self.malformed + "good.keras"), as: "model.h5")
    let hdf5 = try scratch.write(bytes(Self.malformed + "good.h5"), as: "model.keras")
    #expect(try importKeras(path: archive).description.kind == .kerasArchive)
    #expect(try importKeras(path: hdf5).description.kind == .legacyModel)
  }

  @Test func `every kind that cannot be imported comes with advice`() {
    for kind in ModelKind.allCases where ![.kerasArchive, .kerasDirectory, .legacyModel].contains(kind) {
      #expect(kind.remedy != nil)
    }
  }

  @Test func `models of other programs are told how they get here`() {
    for kind in [ModelKind.savedModel, .graphDef, .tfLite, .pyTorch, .pickle] {
      #expect(kind.remedy?.advice?.contains(".onnx") == true)
    }
    #expect(ModelKind.unknown.remedy == .advice("expected a .keras, .h5 or .onnx model"))
  }

  @Test func `the list of supported layers is the table that the importer uses`() {
    let names = KerasSupport.layers.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(KerasSupport.isSupported(name)) }
    #expect(!KerasSupport.isSupported("Lambda"))
    #expect(KerasSupport.layers.allSatisfy { !$0.note.isEmpty })
  }

  @Test func `nodes and weights are named by their place in the model`() throws {
    let model = try importKeras(path: packageRoot + "/Fixtures/keras/nested_twice/model.keras")
    let names = Set(model.graph.nodes.map(\.name))
    #expect(names.isSuperset(of: ["image", "block/conv", "block@2/conv", "block/conv/kernel", "head/last/bias"]))
    #expect(model.description.origins["block/bn"] == "BatchNormalization")
    #expect(model.description.parameterCount == 4 * 4 * 9 + 4 + 16 + 16 + 4 + 8 + 2)
    #expect(model.graph.nodes.filter { $0.name.hasSuffix("conv/kernel") }.count == 1)
  }
}
