import Diagnostics
import KerasImport
import ModelFiles
import Testing

private let model = packageRoot + "/Fixtures/configurations/substituted/model.keras"

/// What stands for the layers of the model that cannot be imported.
private let complete = [
  "scale=rescaling(scale=1/255)", "Mix=Conv2D", "thin=get_item(key=':, ::2, ::2')", "grow=Resizing(height=6, width=6)",
  "mine>Join=concat", "shrink = Rescaling ( scale = 0.25 )", "flip=flip(axis=-1)", "mean=mean(axis=-1, keepdims=true)",
]

private func options(_ texts: [String]) throws -> ImportOptions {
  var options = ImportOptions()
  for text in texts { try options.substitutions.add(text) }
  return options
}

private func refusal(_ texts: [String]) throws -> ImportError? {
  let options = try options(texts)
  do throws(ImportError) {
    _ = try importKeras(path: model, options: options)
    return nil
  } catch { return error }
}

struct SubstitutionTests {
  @Test func `substitutes by name, class and registered name compute what the layers did`() throws {
    let imported = try importKeras(path: model, options: options(complete))
    try compare(imported, with: packageRoot + "/Fixtures/configurations/substituted/test_data_set_0")
  }

  @Test func `layers without a substitute are still all named`() throws {
    let error = try #require(try refusal(["scale=identity", "Mix=Conv2D"]))
    #expect(error.kind == .unsupported)
    for name in ["thin", "grow", "mine>Join", "mine>Shrink", "flip", "mean"] { #expect(error.what.contains(name)) }
    #expect(!error.what.contains("scale"))
    guard case .substitute("thin", _) = error.remedy else { return #expect(error.remedy != nil) }
  }

  @Test func `a substitute that no layer asks for is an error that names what is there`() throws {
    let error = try #require(try refusal(complete + ["lambda_9=identity"]))
    #expect(error.kind == .usage && error.site == "lambda_9")
    #expect(error.remedy?.advice?.contains("Lambda (scale, thin, grow, flip, mean)") == true)
    #expect(error.remedy?.advice?.contains("InputLayer (image)") == true)
  }

  @Test func `the name of a layer goes before that of its class`() throws {
    #expect(try refusal(complete + ["Lambda=identity"])?.kind == .usage, "all lambdas have substitutes by name")
    let rest = complete.filter { !$0.hasPrefix("flip") }
    #expect(try refusal(rest + ["Lambda=flip(axis=-1)"]) == nil)
  }

  @Test(arguments: [
    "x", "=identity", "x=", "x=nothing", "x=os.system", "x=identity(", "x=identity)", "x=identity()()",
    "x=rescaling(scale)", "x=rescaling(scale=)", "x=rescaling(scale=1/0)", "x=rescaling(scale=1 offset=2)",
    "x=rescaling(scale=one)", "x=rescaling(scale=[1, 2)", "x=rescaling(scale='1)", "x=rescaling(scale=1, scale=2)",
    "x=rescaling(scale=\(String(repeating: "[", count: 100))",
  ])
  func `a text that is no substitute is refused`(text: String) throws {
    #expect(throws: ImportError(.usage, text, "")) {
      var substitutions = Substitutions()
      try substitutions.add(text)
    }
  }

  @Test(arguments: [
    "x=identity", "x=swish", "x=relu6", "x=leaky_relu(negative_slope=0.1)", "x=LeakyReLU(negative_slope=-1e-3)",
    "x=normalize(axis=-1)", "x=expand_dims(axis=(1, 2))", "x=depth_to_space(block_size=2)", "x=identity()",
    "x=rescaling(scale=[1/255, 2, .5,], offset=-1)", "x=hard_swish", "x=softmax(axis=-1)", "x=clip(x_min=0,x_max=1)",
    "x=resize(height=4, width=4, interpolation=\"nearest\")", "a/b=Concatenate(axis=-1)", "x=Cast(dtype='float32')",
  ])
  func `operators in text`(text: String) throws {
    var substitutions = Substitutions()
    try substitutions.add(text)
    #expect(throws: ImportError.self) { try substitutions.add(text) }
  }

  @Test func `parameters are checked where they are used`() throws {
    func error(_ text: String) throws -> ImportError? {
      try refusal(complete.filter { !$0.hasPrefix("scale") } + [text])
    }
    #expect(try error("scale=rescaling(scale='much')")?.site == "scale")
    #expect(try error("scale=reshape(newshape=[7])")?.site == "scale")
    #expect(try error("scale=power")?.site == "scale")
    #expect(try error("scale=multiply(x2=1/255)") == nil)
  }

  @Test func `a file of substitutes`() throws {
    let scratch = try Scratch()
    func add(_ text: String) throws -> ImportError? {
      let path = try scratch.write(Array(text.utf8), as: "s.json")
      var substitutions = Substitutions()
      do throws(ImportError) {
        try substitutions.add(file: path)
        return nil
      } catch { return error }
    }
    #expect(try add(#"{"a": "identity", "b": {"class_name": "Rescaling", "config": {"scale": 2}}}"#) == nil)
    #expect(try add("[]")?.kind == .malformed)
    #expect(try add("{")?.kind == .malformed)
    #expect(try add(#"{"a": 1}"#)?.kind == .usage)
    #expect(try add(#"{"a": {"config": {}}}"#)?.kind == .usage)
    #expect(try add(#"{"a": {"class_name": "Lambda"}}"#)?.kind == .usage)
    var substitutions = Substitutions()
    #expect(throws: ImportError(.missingFile, scratch.path + "/none", "")) {
      try substitutions.add(file: scratch.path + "/none")
    }
    #expect(throws: ImportError(.unreadable, scratch.path, "")) { try substitutions.add(file: scratch.path) }
  }
}
