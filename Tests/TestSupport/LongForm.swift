import Foundation

/// Whether tests that have a long form take it: `WASIX_TOP_LONG=1`.
package let isLongForm = ProcessInfo.processInfo.environment["WASIX_TOP_LONG"] != nil
