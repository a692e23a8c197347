import Model
import Trace

/// The open descriptors of a state by what they stand for. Made when somebody asks first: most states have nothing that
/// needs it.
final class DescriptorIndex {
    private let rows: [DescriptorRow]
    private lazy var places: [ObjectID: Int] = {
        var places = [ObjectID: Int](minimumCapacity: rows.count)
        for index in rows.indices where !rows[index].mark.isClosed {
            let object = rows[index].descriptor.object
            if places[object] == nil { places[object] = index }
        }
        return places
    }()

    private lazy var holders: [ObjectID: Set<ProcessID>] = {
        var holders: [ObjectID: Set<ProcessID>] = [:]
        for row in rows where !row.mark.isClosed {
            holders[row.descriptor.object, default: []].insert(row.descriptor.process)
        }
        return holders
    }()

    /// The processes that have a number for a description.
    func holders(of object: ObjectID) -> Set<ProcessID> { holders[object] ?? [] }

    init(_ model: ModelState) { rows = model.descriptors }

    /// The first one of a description.
    subscript(object: ObjectID) -> DescriptorSnapshot? { places[object].map { rows[$0].descriptor } }
}
