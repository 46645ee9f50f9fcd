import CHDF5
import Synchronization

/// libhdf5 keeps global state and is not safe for threads: every call into it happens under this lock.
enum HDF5Library {
  private static let lock = Mutex(())

  static func locked<R: Sendable>(_ body: () throws(KerasError) -> R) throws(KerasError) -> R {
    let result = lock.withLock { _ -> Result<R, KerasError> in
      // The library keeps its printing of errors per thread where it was built with threads.
      seg_h5_silence()
      do throws(KerasError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// The driver through which files are read; to be used under the lock.
  static let sourceDriver = seg_h5_register_source_driver()
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
