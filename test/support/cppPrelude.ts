/** Vectors, built-in functions and buffers of the kernels' language in C++. */
export const CPP_PRELUDE = `
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>
#include <xmmintrin.h>
typedef float f32; typedef uint32_t u32; typedef int32_t i32;
template<class T, int N> struct vec {
  T v[N];
  T& operator[](u32 i) { return v[i]; }
  T operator[](u32 i) const { return v[i]; }
};
template<class T, int N> struct Array {
  T v[N];
  T& operator[](u32 i) { return v[i]; }
  const T& operator[](u32 i) const { return v[i]; }
};
template<class S> struct lanes { static const int n = 1; };
template<class T, int N> struct lanes<vec<T, N>> { static const int n = N; };
template<class S> static inline auto lane(const S& s, int i) { if constexpr (lanes<S>::n > 1) return s[i]; else return s; }
template<class F, class S> static inline auto map1(F f, const S& a) {
  if constexpr (lanes<S>::n == 1) return f(a);
  else { vec<decltype(f(a[0])), lanes<S>::n> r; for (int i = 0; i < lanes<S>::n; i++) r[i] = f(a[i]); return r; }
}
template<class F, class A, class B> static inline auto map2(F f, const A& a, const B& b) {
  constexpr int n = lanes<A>::n > lanes<B>::n ? lanes<A>::n : lanes<B>::n;
  if constexpr (n == 1) return f(a, b);
  else { vec<decltype(f(lane(a, 0), lane(b, 0))), n> r; for (int i = 0; i < n; i++) r[i] = f(lane(a, i), lane(b, i)); return r; }
}
#define OPERATOR(o) \\
  template<class T, int N> static inline auto operator o(vec<T, N> a, vec<T, N> b) { return map2([](T x, T y) { return x o y; }, a, b); } \\
  template<class T, int N> static inline auto operator o(vec<T, N> a, T b) { return map2([](T x, T y) { return x o y; }, a, b); } \\
  template<class T, int N> static inline auto operator o(T a, vec<T, N> b) { return map2([](T x, T y) { return x o y; }, a, b); }
OPERATOR(+) OPERATOR(-) OPERATOR(*) OPERATOR(^)
OPERATOR(<) OPERATOR(<=) OPERATOR(>) OPERATOR(>=) OPERATOR(==) OPERATOR(!=)
#define BITWISE(o) template<class T, int N> static inline vec<T, N> operator o(vec<T, N> a, vec<T, N> b) { vec<T, N> r; for (int i = 0; i < N; i++) r[i] = a[i] o b[i]; return r; }
BITWISE(&) BITWISE(|)
template<class T, int N> static inline vec<T, N> operator-(vec<T, N> a) { return map1([](T x) { return -x; }, a); }
template<class T, int N> static inline vec<T, N> operator~(vec<T, N> a) { return map1([](T x) { return ~x; }, a); }
template<int N> static inline vec<bool, N> operator!(vec<bool, N> a) { return map1([](bool x) { return !x; }, a); }
static inline f32 over(f32 a, f32 b) { return a / b; }
static inline u32 over(u32 a, u32 b) { return b ? a / b : a; }
static inline i32 over(i32 a, i32 b) { return b == 0 || (a == INT32_MIN && b == -1) ? a : a / b; }
static inline u32 rest(u32 a, u32 b) { return b ? a % b : 0; }
static inline i32 rest(i32 a, i32 b) { return b == 0 || b == -1 ? 0 : a % b; }
template<class A, class B> static inline auto quotient(A a, B b) { return map2([](auto x, auto y) { return over(x, y); }, a, b); }
template<class A, class B> static inline auto remainder(A a, B b) { return map2([](auto x, auto y) { return rest(x, y); }, a, b); }
template<class A, class B> static inline A up(A a, B b) { return map2([](auto x, u32 y) { return decltype(x)(u32(x) << (y & 31)); }, a, b); }
template<class A, class B> static inline A down(A a, B b) { return map2([](auto x, u32 y) { return decltype(x)(x >> (y & 31)); }, a, b); }
template<int... L, class S> static inline auto pick(const S& s) {
  if constexpr (sizeof...(L) == 1) { int one[] = {L...}; return s[one[0]]; }
  else { vec<typename std::remove_const<typename std::remove_reference<decltype(s.v[0])>::type>::type, int(sizeof...(L))> r; int at = 0; ((r[at++] = s[L]), ...); return r; }
}
template<class T> struct piece { typedef T type; };
template<class V, class P> static inline void put(V& r, int& at, const P& p) {
  if constexpr (lanes<P>::n > 1) { for (int i = 0; i < lanes<P>::n; i++) r.v[at++] = p[i]; } else r.v[at++] = p;
}
template<class V, class... P> static inline V make(const P&... p) { V r; int at = 0; (put(r, at, p), ...); return r; }
template<class V, class S> static inline V fill(S s) { V r; for (auto& each : r.v) each = s; return r; }
template<class T, class S> static inline T bitcast(S s) { static_assert(sizeof(T) == sizeof(S)); T t; memcpy((void*)&t, &s, sizeof t); return t; }
template<class T> static inline T to(f32 x) {
  if constexpr (std::is_same<T, u32>::value) return x <= 0 ? 0u : x >= 4294967296.0f ? 0xffffffffu : u32(x);
  else if constexpr (std::is_same<T, i32>::value) return x <= -2147483648.0f ? INT32_MIN : x >= 2147483648.0f ? INT32_MAX : i32(x);
  else return T(x);
}
template<class T> static inline T to(u32 x) { return T(x); }
template<class T> static inline T to(i32 x) { return T(x); }
template<class T> static inline T to(bool x) { return T(x); }
template<class T, class S> static inline auto convert(S s) { return map1([](auto x) { return to<T>(x); }, s); }
template<class A, class C> static inline A k_select(A f, A t, C c) {
  if constexpr (lanes<C>::n == 1) return c ? t : f;
  else { for (int i = 0; i < lanes<A>::n; i++) f[i] = c[i] ? t[i] : f[i]; return f; }
}
template<class A> static inline A k_min(A a, A b) { return map2([](auto x, auto y) { return y < x ? y : x; }, a, b); }
template<class A> static inline A k_max(A a, A b) { return map2([](auto x, auto y) { return x < y ? y : x; }, a, b); }
template<class A> static inline A k_clamp(A x, A a, A b) { return k_min(k_max(x, a), b); }
template<class A> static inline A k_abs(A a) { return map1([](auto x) { return x < 0 ? -x : x; }, a); }
template<class A> static inline A k_floor(A a) { return map1([](f32 x) { return __builtin_floorf(x); }, a); }
template<class A> static inline A k_trunc(A a) { return map1([](f32 x) { return __builtin_truncf(x); }, a); }
template<class A> static inline A k_sqrt(A a) { return map1([](f32 x) { return __builtin_sqrtf(x); }, a); }
template<int N> static inline bool k_any(vec<bool, N> a) { bool r = false; for (int i = 0; i < N; i++) r |= a[i]; return r; }
template<int N> static inline bool k_all(vec<bool, N> a) { bool r = true; for (int i = 0; i < N; i++) r &= a[i]; return r; }
template<class T, int N> static inline T k_dot(vec<T, N> a, vec<T, N> b) { T r = a[0] * b[0]; for (int i = 1; i < N; i++) r = r + a[i] * b[i]; return r; }
static inline u32 k_countLeadingZeros(u32 x) { return x ? __builtin_clz(x) : 32; }
static inline u32 k_countTrailingZeros(u32 x) { return x ? __builtin_ctz(x) : 32; }
static inline u32 k_countOneBits(u32 x) { return __builtin_popcount(x); }
static inline u32 k_reverseBits(u32 x) { u32 r = 0; for (int i = 0; i < 32; i++) r |= ((x >> i) & 1u) << (31 - i); return r; }
template<class T> struct Buffer {
  T* at = nullptr; u32 length = 0;
  T& operator[](u32 i) { return at[i]; }
  void allocate(u32 count) { length = count; at = (T*)aligned_alloc(64, (sizeof(T) * size_t(count) + 127) / 64 * 64); memset((void*)at, 0, sizeof(T) * size_t(count)); }
  void read(const std::string& path) {
    FILE* f = fopen(path.c_str(), "rb"); if (!f) abort();
    fseek(f, 0, SEEK_END); long bytes = ftell(f); rewind(f); allocate(bytes / sizeof(T));
    if (fread((void*)at, sizeof(T), length, f) != length) abort(); fclose(f);
  }
  void write(const std::string& path) { FILE* f = fopen(path.c_str(), "wb"); fwrite((void*)at, sizeof(T), length, f); fclose(f); }
};
template<class T> static void readOne(const std::string& path, T& to) { FILE* f = fopen(path.c_str(), "rb"); if (!f || fread((void*)&to, sizeof(T), 1, f) != 1) abort(); fclose(f); }
`;

/** Runs invocations: FOLDER COUNT FLUSH ZERO, where FLUSH is 1 for zeros in place of subnormals. */
export const CPP_MAIN = `
int main(int, char** argv) {
  u32 count = atoi(argv[2]);
  _mm_setcsr(atoi(argv[3]) ? _mm_getcsr() | 0x8040u : _mm_getcsr() & ~0x8040u);
  strict_zero_ = atoi(argv[4]);
  open(argv[1], count);
  for (u32 id = 0; id < count; id++) invoke(id);
  close(argv[1]);
}
`;
