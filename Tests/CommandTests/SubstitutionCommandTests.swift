import Testing

/// Layers that cannot be imported, and what the user says stands for them.
struct SubstitutionCommandTests {
  private let place: Workplace
  private static let model = "lambda.keras"

  init() throws {
    place = try Workplace()
    try place.copy("configurations/substituted/model.keras", Self.model)
    try place.copy("configurations/substituted/substitutions.json", "chosen.json")
  }

  @Test func `a model with code says what to do, and does it`() throws {
    try place.expectRefusal(
      ["info", Self.model], 3, Self.model, "Lambda (layer scale)",
      "; Lambda layers hold Python code, which is never executed; say what computes the same, such as --substitute '")
    #expect(try place.run(["info", Self.model, "--substitutions", "chosen.json"]).status == 0)
  }

  @Test func `options go before the model is read`() throws {
    try place.expectRefusal(["info", Self.model, "--substitute", "scale"], 2, "--substitute", "NAME=OPERATOR")
    try place.expectRefusal(["info", Self.model, "--substitute", "scale=nothing"], 2, "--substitute", "nothing")
    try place.expectRefusal(["info", Self.model, "--substitutions", "none.json"], 5, "none.json")
    try place.expectRefusal(["info", Self.model, "--substitutions", "model.keras"], 4, "model.keras")
    try place.expectRefusal(["info", Self.model, "--keras1-backend", "caffe"], 2, "--keras1-backend")
  }

  @Test func `a substitute that finds no layer is wrong usage, of every command`() throws {
    let unused = ["--substitute", "lambda_9=identity"]
    for command in [
      ["info", "model.keras"], ["bench", "model.keras"], ["scene.tif", "-m", "model.keras", "-o", "o.tif"], ["info"],
    ] {
      try place.expectRefusal(command + unused, 2, "lambda_9", "no layer has this name")
    }
    try place.expectRefusal(["verify", "."] + unused, 2, "--data")
  }

  @Test func `verify takes substitutes with a case and with a model`() throws {
    try place.copy("configurations/substituted", "case")
    #expect(try place.run(["verify", "case"]).status == 0)
    let data = ["verify", "case/model.keras", "--data", "case"]
    try place.expectRefusal(data, 3, "Lambda")
    #expect(try place.run(data + ["--substitutions", "case/substitutions.json"]).status == 0)
  }
}
