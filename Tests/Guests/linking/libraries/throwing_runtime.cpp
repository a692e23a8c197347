/* wasm only: what the compiler calls for exceptions of C++, as far as `catches` needs it (the Itanium C++ ABI, and LLVM's
 * tables for WebAssembly). A part of the program; its libraries use it too. */
typedef decltype(sizeof 0) size_t;
typedef unsigned char byte;

extern "C" void *aligned_alloc(size_t alignment, size_t size);
void operator delete(void *, size_t) noexcept {}

namespace std {
class type_info {
public:
    virtual ~type_info();
    /* The only base, where there is one. */
    virtual const type_info *parent() const { return nullptr; }
    virtual bool is_pointer() const { return false; }
    const char *name;
};
type_info::~type_info() {}
[[noreturn]] void terminate() noexcept { __builtin_trap(); }
}

/* The kinds of types. The compiler writes the objects; what they do is here. */
namespace __cxxabiv1 {
using std::type_info;
struct __fundamental_type_info : type_info {
    ~__fundamental_type_info() override;
};
struct __pointer_type_info : type_info {
    ~__pointer_type_info() override;
    bool is_pointer() const override { return true; }
};
struct __class_type_info : type_info {
    ~__class_type_info() override;
};
struct __si_class_type_info : __class_type_info {
    ~__si_class_type_info() override;
    const type_info *parent() const override { return base; }
    const __class_type_info *base;
};
__fundamental_type_info::~__fundamental_type_info() {}
__pointer_type_info::~__pointer_type_info() {}
__class_type_info::~__class_type_info() {}
__si_class_type_info::~__si_class_type_info() {}
}

/* Stands before the object that is thrown. */
struct alignas(16) Thrown {
    const std::type_info *type;
    void (*destroy)(void *);
    Thrown *outer;
    int handlers;
    bool is_thrown_again;

    void *object() { return this + 1; }
    static Thrown *of(void *object) { return static_cast<Thrown *>(object) - 1; }
};

static thread_local Thrown *caught;

/* What a landing pad says of itself, and what it is told: which of its types it is, 0 for none. */
struct Landing {
    size_t index;
    const byte *table;
    size_t selector;
};

static size_t number(const byte *&at) {
    size_t value = 0;
    for (int shift = 0;; shift += 7) {
        byte piece = *at++;
        value |= static_cast<size_t>(piece & 127) << shift;
        if (piece < 128) return value;
    }
}

static long signed_number(const byte *&at) {
    long value = 0;
    for (int shift = 0;;) {
        byte piece = *at++;
        value |= static_cast<long>(piece & 127) << shift;
        shift += 7;
        if (piece < 128) return piece & 64 && shift < 32 ? value | -(1l << shift) : value;
    }
}

static bool is_a(const std::type_info *type, const std::type_info *wanted) {
    while (type && type != wanted) type = type->parent();
    return type;
}

/* The types of a landing pad, tried in their order. */
static long selector(const Landing &landing, const std::type_info *type) {
    const byte *at = landing.table;
    if (*at++ != 0xff) number(at);
    const byte *types = nullptr;
    if (*at++ != 0xff) {
        size_t distance = number(at);
        types = at + distance;
    }
    at++;
    size_t length = number(at);
    const byte *actions = at + length;
    for (size_t i = 0; i < landing.index; i++) number(at), number(at);
    number(at);
    size_t action = number(at);
    if (action == 0) return 0;
    for (at = actions + action - 1;;) {
        long which = signed_number(at);
        const byte *here = at;
        long next = signed_number(at);
        if (which > 0) {
            const std::type_info *wanted = reinterpret_cast<const std::type_info *const *>(types)[-which];
            if (!wanted || is_a(type, wanted)) return which;
        }
        if (next == 0) return 0;
        at = here + next;
    }
}

extern "C" {
thread_local Landing __wasm_lpad_context;

int _Unwind_CallPersonality(void *object) {
    __wasm_lpad_context.selector = selector(__wasm_lpad_context, Thrown::of(object)->type);
    return 0;
}

void *__cxa_allocate_exception(size_t size) noexcept {
    Thrown *thrown = static_cast<Thrown *>(aligned_alloc(alignof(Thrown), sizeof(Thrown) + size));
    *thrown = Thrown();
    return thrown->object();
}

[[noreturn]] void __cxa_throw(void *object, std::type_info *type, void (*destroy)(void *)) {
    Thrown *thrown = Thrown::of(object);
    thrown->type = type;
    thrown->destroy = destroy;
    __builtin_wasm_throw(0, object);
}

void *__cxa_begin_catch(void *object) noexcept {
    Thrown *thrown = Thrown::of(object);
    thrown->is_thrown_again = false;
    if (thrown->handlers++ == 0) {
        thrown->outer = caught;
        caught = thrown;
    }
    return thrown->type->is_pointer() ? *static_cast<void **>(object) : object;
}

void __cxa_end_catch() {
    Thrown *thrown = caught;
    if (--thrown->handlers > 0) return;
    caught = thrown->outer;
    if (thrown->destroy && !thrown->is_thrown_again) thrown->destroy(thrown->object());
}

[[noreturn]] void __cxa_rethrow() {
    caught->is_thrown_again = true;
    __builtin_wasm_throw(0, caught->object());
}
}
