import Model
import Trace

extension Finding {
    /// The open file description that it is about, where it is about one.
    package func object(in model: ModelState) -> ObjectID? {
        switch subject {
        case .object(let object): object
        case .item(let item) where item.object != .none: item.object
        case .descriptor(let id): id.object
        default:
            fd.flatMap { fd in model.descriptors.first { $0.descriptor.fd == fd && !$0.mark.isClosed } }?.descriptor
                .object
        }
    }
}
