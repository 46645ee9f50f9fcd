import CHDF5
import Synchronization

/// libhdf5 keeps global state and is not safe for threads: every call into it happens under this lock.
enum HDF5Library {
  /// The number of files opened so far.
  private static let lock = Mutex(0)

  static func locked<R: Sendable>(_ body: () throws(KerasError) -> R) throws(KerasError) -> R {
    let result = lock.withLock { _ -> Result<R, KerasError> in
      // The library keeps its printing of errors per thread where it was built with threads.
      seg_h5_silence()
      do throws(KerasError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// A name that no other image in memory has: libhdf5 takes images of one name for one file.
  static func uniqueImageName() -> String {
    lock.withLock { count in
      count += 1
      return "seginfer-image-\(count)"
    }
  }
}

/// An identifier of libhdf5 that is closed when it goes out of scope.
struct HDF5Handle: ~Copyable {
  let id: hid_t
  private let close: (hid_t) -> herr_t

  /// Nil when the call that made the identifier failed.
  init?(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    (self.id, self.close) = (id, close)
  }

  deinit { _ = close(id) }
}
