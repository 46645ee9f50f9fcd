import CONNX
import Platform

extension WrittenFile {
  /// Writes a model as a message, piece by piece.
  func pack(_ draft: DraftModel, _ external: ExternalWeights?) throws(WriteError) {
    let failure = withPackedModel(draft, external: external) { message in
      var sink = Sink(base: ProtobufCBuffer(append: appendToFile), file: self, failure: nil)
      withUnsafeMutablePointer(to: &sink) { sink in
        sink.withMemoryRebound(to: ProtobufCBuffer.self, capacity: 1) {
          _ = protobuf_c_message_pack_to_buffer(message, $0)
        }
      }
      return sink.failure
    }
    if let failure { throw failure }
  }
}

/// A buffer of protobuf-c, which sees its first member only.
private struct Sink {
  var base: ProtobufCBuffer
  var file: WrittenFile
  var failure: WriteError?
}

private func appendToFile(
  _ buffer: UnsafeMutablePointer<ProtobufCBuffer>?, _ count: Int, _ bytes: UnsafePointer<UInt8>?
) {
  buffer?.withMemoryRebound(to: Sink.self, capacity: 1) { sink in
    guard sink.pointee.failure == nil else { return }
    do throws(WriteError) { try sink.pointee.file.append(UnsafeRawBufferPointer(start: bytes, count: count)) } catch {
      sink.pointee.failure = error
    }
  }
}
