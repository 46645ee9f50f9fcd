import KerasImport
import ModelFiles
import Tensors
import Testing

private let fixtures = packageRoot + "/Fixtures"

/// Models of other people that lie beside the project, not in it.
private let shared = ["/../shared", "/../../shared"].map { packageRoot + $0 + "/data/models/keras" }
  .first { !modelFiles(in: $0).isEmpty }

/// Fixtures in Fixtures/containers/hdf5 whose chunks are laid out as HDF5 2.0 does, which earlier versions of the library do not know.
private let newerFixtures: Set<String> = [
  "chunks_fixed_all_latest", "chunks_fixed_gzip_latest", "chunks_fixed_larger_all_latest",
  "chunks_fixed_larger_gzip_latest", "chunks_fixed_paged_all_latest", "chunks_fixed_paged_gzip_latest",
  "chunks_fixed_uneven_all_latest", "chunks_fixed_uneven_gzip_latest", "chunks_growing_all_latest",
  "chunks_growing_gzip_latest", "chunks_growing_last_all_latest", "chunks_growing_last_gzip_latest",
  "chunks_growing_many_gzip_latest", "chunks_plain_edges", "chunks_plain_edges_growing", "chunks_records_all_latest",
  "chunks_records_gzip_latest", "chunks_records_many_gzip_latest", "chunks_single_all_latest",
  "chunks_single_gzip_latest", "type_big_f2_chunks", "type_big_f4_chunks", "type_big_f8_chunks",
  "type_little_f2_chunks", "type_little_f8_chunks",
]

/// Our reader of HDF5 against libhdf5. Serialised, because libhdf5 is not made for threads.
@Suite(.serialized) struct HDF5Tests {
  @Test(arguments: modelFiles(in: fixtures))
  func `a fixture reads as libhdf5 reads it`(path: String) throws {
    do { try compare(fixtures + "/" + path) } catch let error as HDF5LibraryError {
      guard newerFixtures.contains(where: { path == "containers/hdf5/\($0).keras" }), HDF5Oracle.majorVersion < 2 else {
        throw error
      }
      print("\(path): libhdf5 \(HDF5Oracle.majorVersion) is older than the file: skipped")
    }
  }

  @Test(
    .enabled(if: shared != nil, "no real Keras models beside the package: skipped"),
    arguments: shared.map { modelFiles(in: $0) } ?? [])
  func `a real model reads as libhdf5 reads it`(path: String) throws { try compare(#require(shared) + "/" + path) }

  private func compare(_ path: String) throws {
    let images = try images(in: path)
    if images.isEmpty { return print("\(path): no HDF5 in it: skipped") }
    for image in images { try compare(image) }
  }

  private func compare(_ image: ModelImage) throws {
    let memory = try #require(
      MemoryBytes(count: image.bytes.count) {
        $0.copyBytes(from: image.bytes); return true
      })
    let file = try HDF5File(memory, site: image.name)
    let oracle = try HDF5Oracle(image.bytes)
    let datasets = file.objects.filter { $1.kind == .dataset }
    #expect(try Set(datasets.values.compactMap(\.address)) == oracle.datasetAddresses())
    for (path, object) in datasets { try compareDataset(path, object, file, oracle) }
    for (path, object) in file.objects where object.address != nil {
      for (name, strings) in try oracle.textAttributes(object.path) {
        #expect(try file.strings(name, of: path) == strings, "\(image.name) \(object.path) \(name)")
      }
    }
  }

  private func compareDataset(
    _ path: String, _ object: HDF5File.Object, _ file: HDF5File, _ oracle: borrowing HDF5Oracle
  ) throws {
    let expected = try oracle.dataset(object.path)
    let facts = try #require(file.facts(of: path))
    #expect(facts.shape == expected.dims && facts.byteCount == facts.count * expected.elementSize, "\(object.path)")
    guard let floats = expected.floats else {
      let error = #expect(throws: ImportError.self) { try file.shape(ofDataset: path) }
      #expect(error?.kind == .unsupported, "\(object.path)")
      return
    }
    let found = try file.floats(ofDataset: path, expected: Shape(expected.dims))
    #expect(found.count == floats.count)
    let wrong = zip(found, floats).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }
    #expect(wrong == nil, "\(object.path): element \(wrong?.offset ?? 0)")
  }
}
