extension DemanglerTests {
    /// Names of both manglings with what `llvm-cxxfilt` makes of them, without hashes.
    static let rustNames: [(String, String)] = [
        ("_RNvC7mycrate3foo", "mycrate::foo"),
        ("_RNvMC1aINtC1b1SjE3new", "<b::S<usize>>::new"),
        ("_RINvC1a1fKj2a_E", "a::f::<42>"),
        ("_RINvC1a1fKinf_E", "a::f::<-15>"),
        ("_RINvC1a1fKb1_E", "a::f::<true>"),
        ("_RINvC1a1fKc78_E", "a::f::<'x'>"),
        ("_RINvC1a1fKpE", "a::f::<_>"),
        ("_RINvC1a1fDNtC1b1TEL_E", "a::f::<dyn b::T>"),
        ("_RINvC1a1fDNtC1b1Tp4ItemhEL_E", "a::f::<dyn b::T<Item = u8>>"),
        ("_RINvC1a1fFUKCiEuE", "a::f::<unsafe extern \"C\" fn(isize)>"),
        ("_RINvC1a1fFG_RL0_hEuE", "a::f::<for<'a> fn(&'a u8)>"),
        ("_RINvC1a1fFRL_hEuE", "a::f::<fn(&u8)>"),
        ("_RINvC1a1fAhj3_E", "a::f::<[u8; 3]>"),
        ("_RINvC1a1fTEE", "a::f::<()>"),
        ("_RINvC1a1fTiEE", "a::f::<(isize,)>"),
        ("_RINvC1a1fTiReEE", "a::f::<(isize, &str)>"),
        ("_RINvC1a1fPhOmE", "a::f::<*const u8, *mut u32>"),
        ("_RINvC1a1fQSlE", "a::f::<&mut [i32]>"),
        ("_RINvC1a1fzE", "a::f::<!>"),
        ("_RNCNvC1a4main0", "a::main::{closure#0}"),
        ("_RNCNvC1a4mains0_0", "a::main::{closure#2}"),
        ("_RNvXC1aNtB2_1SNtC4core5Clone5clone", "<a::S as core::Clone>::clone"),
        ("_RNvYhNtC4core5Clone5clone", "<u8 as core::Clone>::clone"),
        ("_RNvNtC6_123foo3bar3baz.llvm.99", "123foo::bar::baz"),
        ("_RNSNvC1a1f6vtable", "a::f::{shim:vtable#0}"),
        ("_RNvMs_NtNtCs247YrygNUAC_4core3ptr9const_ptrPSh3lenCsi7GFBnvyxwE_1r", "<*const [u8]>::len"),
        (
            "_RINvMs1_NtCs247YrygNUAC_4core3fmtNtB6_10ArgumentV19new_debugAhj3_ECsi7GFBnvyxwE_1r",
            "<core::fmt::ArgumentV1>::new_debug::<[u8; 3]>"
        ),
        (
            "_RNvMs_NtCse5pTTQKvxgO_5alloc7raw_vecINtB4_6RawVechE14current_memoryCsi7GFBnvyxwE_1r",
            "<alloc::raw_vec::RawVec<u8>>::current_memory"
        ),
        ("_RINvNtCs247YrygNUAC_4core10intrinsics4copyhECsi7GFBnvyxwE_1r", "core::intrinsics::copy::<u8>"),
        (
            "_RNvYFEuINtNtNtCs247YrygNUAC_4core3ops8function6FnOnceuE9call_onceCsi7GFBnvyxwE_1r",
            "<fn() as core::ops::function::FnOnce<()>>::call_once"
        ),
        (
            "_RNvMs0_NtCs3EB0Y9z446J_9hashbrown3rawNtB5_11TableLayout20calculate_layout_forCsi7GFBnvyxwE_1r",
            "<hashbrown::raw::TableLayout>::calculate_layout_for"
        ),
        (
            "_RNvMNtNtCs3EB0Y9z446J_9hashbrown3raw7genericNtB2_5Group12load_alignedCsi7GFBnvyxwE_1r",
            "<hashbrown::raw::generic::Group>::load_aligned"
        ),
        (
            "_RNCINvNtCs8v1rFTdFJUG_3std9panicking11begin_panicReE0Csi7GFBnvyxwE_1r",
            "std::panicking::begin_panic::<&str>::{closure#0}"
        ),
        (
            "_RNvXsq_NtCse5pTTQKvxgO_5alloc3vecINtB5_3VecmENtNtNtCs247YrygNUAC_4core3ops4drop4Drop4dropCsi7GFBnvyxwE_1r",
            "<alloc::vec::Vec<u32> as core::ops::drop::Drop>::drop"
        ),
        ("_ZN4core9panicking13panic_display17h73eb2391b9af1891E", "core::panicking::panic_display"),
        (
            "_ZN50_$LT$$RF$mut$u20$W$u20$as$u20$core..fmt..Write$GT$10write_char17hfbd2de39576d320cE",
            "<&mut W as core::fmt::Write>::write_char"
        ),
        (
            "_ZN9hashbrown3raw21RawTable$LT$T$C$A$GT$14insert_no_grow17h8d1529649f566282E",
            "hashbrown::raw::RawTable<T,A>::insert_no_grow"
        ),
        (
            "_ZN71_$LT$core..hash..sip..Hasher$LT$S$GT$$u20$as$u20$core..hash..Hasher$GT$5write17hdbc00fa0e04713aaE",
            "<core::hash::sip::Hasher<S> as core::hash::Hasher>::write"
        ),
        ("_ZN4main4main28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "main::main::{{closure}}"),
        ("_ZN3foo3bar17h0123456789abcdefE.llvm.1234", "foo::bar"),
        ("_ZN3foo3bar17h0123456789abcdefE.cold", "foo::bar.cold"),
    ]
}
