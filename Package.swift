// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

func system(_ name: String, path: String? = nil, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, path: path, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// What reads or writes memory by address, or hands it to C: with `SEGINFER_TESTS=memory`, as tools/check_asan asks for, no other tests are
/// built, nor the program.
let memoryTests = [
  "KernelsTests", "OpsTests", "EngineTests", "SegmentationTests", "RastersTests", "KerasImportTests", "ONNXFormatTests",
]
let clients = ["Networks", "Orthophotos", "SeginferCommand", "seginfer"]
let isMemoryOnly = Context.environment["SEGINFER_TESTS"] == "memory"

func isBuilt(_ target: Target) -> Bool {
  guard isMemoryOnly else { return true }
  return target.type == .test ? memoryTests.contains(target.name) : !clients.contains(target.name)
}

/// What `tools/check_docs` needs and nothing else does.
let documentation: [Package.Dependency] =
  Context.environment["SEGINFER_DOCS"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

let package = Package(
  name: "seginfer",
  products: isMemoryOnly
    ? []
    : [
      .library(name: "Networks", targets: ["Networks"]), .library(name: "Orthophotos", targets: ["Orthophotos"]),
      .executable(name: "seginfer", targets: ["seginfer"]),
    ],
  dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")] + documentation,
  targets: [
    system("CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev"),
    system("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
    system("CGDAL", pkgConfig: "gdal", apt: "libgdal-dev"),
    system("CPROJ", pkgConfig: "proj", apt: "libproj-dev"),
    system("CProtobufC", pkgConfig: "libprotobuf-c", apt: "libprotobuf-c-dev"),
    system("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    .systemLibrary(name: "CMalloc"),
    .target(name: "CKernels", exclude: ["bodies"]),

    library("Diagnostics"),
    library("Tensors"),
    library("Graphs", ["Diagnostics", "Tensors", "Kernels"]),
    library("Kernels", ["Diagnostics", "Tensors", "CKernels"]),
    library("Ops", ["Tensors", "Graphs", "Kernels"]),
    library("Passes", ["Diagnostics", "Tensors", "Graphs", "Kernels", "Ops"]),
    library("Platform", ["Diagnostics", "CMalloc"]),
    library("ModelFiles", ["Diagnostics", "Graphs"]),
    library("KerasImport", ["Diagnostics", "Tensors", "Graphs", "Ops", "ModelFiles", "CDeflate", "CZip"]),
    .target(name: "CONNX", dependencies: ["CProtobufC"], exclude: ["onnx.proto"]),
    library("ONNXFormat", ["Diagnostics", "Tensors", "Graphs", "Ops", "ModelFiles", "Platform", "CONNX"]),
    library("Engine", ["Diagnostics", "Tensors", "Graphs", "Kernels"]),
    library("Rasters", ["Diagnostics", "Platform", "Scenes", "CGDAL", "CPNG", "CPROJ"]),
    library("Scenes", ["Diagnostics"]),
    library("Diagrams"),
    library("Segmentation", ["Diagnostics", "Tensors", "Graphs", "Kernels", "Passes", "Engine", "Scenes"]),
    .target(name: "CBundledModel"),
    library(
      "Networks",
      [
        "Diagnostics", "Tensors", "Graphs", "Kernels", "Ops", "Passes", "Engine", "ModelFiles", "KerasImport",
        "ONNXFormat",
        "Platform",
        "Scenes", "Segmentation", "Diagrams", "CBundledModel",
      ]),
    library(
      "Orthophotos",
      [
        "Diagnostics", "Networks", "Engine", "Graphs", "ModelFiles", "Passes", "Platform", "Rasters", "Scenes",
        "Segmentation",
      ]),
    library(
      "SeginferCommand",
      [
        "Diagnostics", "Networks", "Orthophotos", "Kernels", "Platform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "seginfer", dependencies: ["SeginferCommand"], swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Tensors", "Graphs", "Kernels"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "ModelFuzz", dependencies: ["Diagnostics", "KerasImport", "ModelFiles", "ONNXFormat", "TestSupport"],
      path: "Tests/ModelFuzz",
      swiftSettings: strict),
    system("CHDF5", path: "Tests/CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
    system("COpenBLAS", path: "Tests/COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-serial-dev"),
    tests("Tensors", ["Tensors"]),
    tests("Diagnostics", ["Diagnostics"]),
    tests("Platform", ["Platform"]),
    tests("Graphs", ["Tensors", "Graphs", "Ops"]),
    tests("Kernels", ["Kernels"]),
    tests("Ops", ["Tensors", "Graphs", "Ops", "Kernels"]),
    tests("Passes", ["Diagnostics", "Tensors", "Graphs", "Ops", "Passes"]),
    tests("ModelFiles", ["ModelFiles"]),
    tests("KerasImport", ["Diagnostics", "Tensors", "Graphs", "Ops", "ModelFiles", "KerasImport"]),
    tests("ONNXFormat", ["Diagnostics", "Tensors", "Graphs", "Ops", "ModelFiles", "ONNXFormat"]),
    tests("Engine", ["Tensors", "Graphs", "Kernels", "Ops", "Passes", "Engine"]),
    tests("Rasters", ["Diagnostics", "Rasters", "Scenes"]),
    tests("Scenes", ["Scenes"]),
    tests("Diagrams", ["Diagrams"]),
    tests("Segmentation", ["Diagnostics", "Tensors", "Graphs", "Ops", "Passes", "Engine", "Scenes", "Segmentation"]),
    tests(
      "Conformance",
      ["Diagnostics", "Tensors", "Graphs", "Ops", "Passes", "KerasImport", "ModelFiles", "ONNXFormat", "Engine"]),
    tests(
      "Oracle",
      ["CHDF5", "COpenBLAS", "Tensors", "Graphs", "Kernels", "Ops", "ModelFiles", "KerasImport", "Engine"]),
    tests("Orthophotos", ["Networks", "Orthophotos", "Rasters", "Tensors", "Scenes"]),
    tests("Command", ["seginfer", "Rasters", "Tensors"]),
  ].filter(isBuilt)
)
