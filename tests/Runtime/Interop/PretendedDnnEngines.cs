namespace GenKernels.Tests.Runtime.Interop;

/// <summary>
/// The part of <see cref="PretendedCuda"/> that acts as cuDNN 9's engines: it convolves what the graph describes,
/// element by element from the sizes and strides of its tensors, and rejects graphs that do not fit together. Some of
/// its engines must not be chosen: each shows that by a note, by its workspace, or by rejecting the plan.
/// </summary>
internal static class PretendedDnnEngines
{
    internal const string Text = """
        struct Engine { int mode; std::vector<int> notes; long long workspace; bool refuses; };
        static const Engine engines[] = {
            {3, {0, 4}, 0, false},           // 0: nondeterministic
            {3, {0, 1}, 0, false},           // 1: converts its inputs down
            {3, {0, 2}, 0, false},           // 2: rounds partial sums
            {3, {3}, 0, false},              // 3: Fourier transforms
            {3, {5, 7}, 0, false},           // 4: large tiles
            {3, {0}, 1LL << 33, false},      // 5: as much workspace as there is
            {3, {0}, 0, true},               // 6: no plan
            {3, {0}, 5000, false},           // 7: tensor cores
            {2, {}, 0, false},               // 8: plain
            {3, {0}, 0, false},              // 9: tensor cores again
        };
        static unsigned missing;
        static int plans;
        API void pretend_missing(const char*, int engines) { missing = engines; }
        API long pretend_plans() { return plans; }
        struct Operand { Kind kind; std::vector<long long> sizes, strides; long long id, alignment; };
        struct Convolution {
            int made;  // 0: y, 1: x, 2: w
            bool rounds;
            Operand x, w, y;
            std::vector<long long> before, after, strides, dilations;
        };
        static Operand OperandOf(const Descriptor* tensor)
        {
            const int type = tensor->One<int>(901);
            return {type == 0 ? Single : type == 1 ? Double : type == 2 ? Half : type == 9 ? Brain : Unknown,
                tensor->All<long long>(902), tensor->All<long long>(903), tensor->One<long long>(906),
                tensor->One<long long>(900)};
        }
        static Convolution ConvolutionOf(const Descriptor* operation)
        {
            const int made = operation->kind == 10 ? 0 : operation->kind == 12 ? 1 : 2;
            const int names[3][4] = {{702, 703, 704, 705}, {708, 709, 710, 711}, {714, 715, 716, 717}};
            const int* of = names[made];
            const Descriptor* how = operation->At(of[0]);
            return {made, false, OperandOf(operation->At(of[2])), OperandOf(operation->At(of[1])),
                OperandOf(operation->At(of[3])), how->All<long long>(105), how->All<long long>(104),
                how->All<long long>(103), how->All<long long>(102)};
        }
        static int CheckOperation(const Descriptor* operation)
        {
            const Convolution c = ConvolutionOf(operation);
            const size_t axes = c.x.sizes.size() - 2;
            const int scales = operation->kind == 10 ? 700 : operation->kind == 12 ? 706 : 712;
            if (operation->One<float>(scales) != 1 || operation->One<float>(scales + 1) != 0) return BadParameter;
            for (const Operand* of : {&c.x, &c.w, &c.y})
                if (of->kind == Unknown || of->sizes.size() != axes + 2 || of->strides.size() != axes + 2)
                    return BadShape;
            if (c.before.size() != axes || c.after.size() != axes || c.strides.size() != axes) return BadShape;
            if (c.x.sizes[0] != c.y.sizes[0] || c.w.sizes[0] != c.y.sizes[1]) return BadShape;
            if (c.x.sizes[1] % c.w.sizes[1]) return BadShape;
            for (size_t i = 0; i < axes; i++) {
                if (c.before[i] < 0 || c.after[i] < 0) return BadParameter;
                const long long span = (c.w.sizes[i + 2] - 1) * c.dilations[i] + 1;
                const long long room = c.x.sizes[i + 2] + c.before[i] + c.after[i] - span;
                if (c.y.sizes[i + 2] != room / c.strides[i] + 1) return BadShape;
            }
            return Well;
        }
        API int cudnnBackendFinalize(Descriptor* descriptor)
        {
            CHECK
            if (!HasAll(descriptor)) return BadParameter;
            if (descriptor->kind == 1 && (descriptor->One<int>(101) != 1 || descriptor->One<int>(100) != 0
                || descriptor->One<long long>(106) != (long long)descriptor->All<long long>(102).size()))
                return BadParameter;
            if (descriptor->kind >= 10 && descriptor->kind <= 12)
                if (int status = CheckOperation(descriptor)) return status;
            if (descriptor->kind == 5) {
                if (engines[descriptor->At(401)->engine].refuses) return NoShape;
                descriptor->engine = descriptor->At(401)->engine;
                descriptor->values[801] = descriptor->At(401)->values[801];
                plans++;
            }
            descriptor->finished = true;
            return Well;
        }
        API int cudnnBackendGetAttribute(
            Descriptor* descriptor, int name, int type, int64_t wanted, int64_t* count, void* elements)
        {
            CHECK
            if (!descriptor->finished && descriptor->engine < 0) return NotFinalized;
            if (name == 202 && descriptor->kind == 4 && type == 15) {
                *count = 0;
                for (int i = 0; i < 10; i++) {
                    if (engines[i].mode != descriptor->One<int>(200) || missing >> i & 1) continue;
                    if (*count < wanted) {
                        Descriptor* configuration = ((Descriptor**)elements)[*count];
                        if (configuration->kind != 3) return BadParameter;
                        configuration->engine = i;
                        configuration->finished = true;
                        configuration->values[801] = descriptor->At(201)->values[801];
                    }
                    ++*count;
                }
                return Well;
            }
            if (name == 300 && descriptor->kind == 3 && type == 15 && wanted == 1) {
                Descriptor* engine = *(Descriptor**)elements;
                if (engine->kind != 2) return BadParameter;
                engine->engine = descriptor->engine;
                *count = 1;
                return Well;
            }
            if (name == 1303 && descriptor->kind == 2 && type == 11) {
                const std::vector<int>& notes = engines[descriptor->engine].notes;
                *count = notes.size();
                for (int i = 0; i < *count && i < wanted; i++) ((int*)elements)[i] = notes[i];
                return Well;
            }
            if (name == 402 && descriptor->kind == 5 && type == 3 && wanted == 1) {
                *(int64_t*)elements = engines[descriptor->engine].workspace;
                *count = 1;
                return Well;
            }
            return BadParameter;
        }
        // Calls `meet` for every factor of x, w and y that meet, with their places in memory.
        template <class Meet> static void ForEachTerm(const Convolution& c, Meet meet)
        {
            const int axes = c.x.sizes.size() - 2;
            const long long group = c.w.sizes[1], outputs = c.y.sizes[1] / (c.x.sizes[1] / group);
            long long places = 1, taps = 1;
            for (int i = 0; i < axes; i++) { places *= c.y.sizes[i + 2]; taps *= c.w.sizes[i + 2]; }
            for (long long n = 0; n < c.x.sizes[0]; n++) for (long long o = 0; o < c.y.sizes[1]; o++)
            for (long long place = 0; place < places; place++) for (long long tap = 0; tap < taps; tap++) {
                long long x = n * c.x.strides[0], y = n * c.y.strides[0] + o * c.y.strides[1];
                long long w = o * c.w.strides[0], at = place, of = tap;
                bool isInside = true;
                for (int i = axes - 1; i >= 0; i--) {
                    const long long out = at % c.y.sizes[i + 2], k = of % c.w.sizes[i + 2];
                    const long long in = out * c.strides[i] + k * c.dilations[i] - c.before[i];
                    isInside &= in >= 0 && in < c.x.sizes[i + 2];
                    at /= c.y.sizes[i + 2];
                    of /= c.w.sizes[i + 2];
                    x += in * c.x.strides[i + 2];
                    y += out * c.y.strides[i + 2];
                    w += k * c.w.strides[i + 2];
                }
                for (long long channel = 0; isInside && channel < group; channel++)
                    meet(x + (o / outputs * group + channel) * c.x.strides[1], w + channel * c.w.strides[1], y);
            }
        }
        static long long CountOf(const Operand& operand)
        {
            long long count = 1;
            for (long long size : operand.sizes) count *= size;
            return count;
        }
        static void Convolve(const Convolution& c, void* x, void* w, void* y)
        {
            const Operand& made = c.made == 0 ? c.y : c.made == 1 ? c.x : c.w;
            std::vector<double> sums(CountOf(made));
            ForEachTerm(c, [&](long long atX, long long atW, long long atY) {
                double left = c.made == 1 ? Load(y, atY, c.y.kind) : Load(x, atX, c.x.kind);
                double right = c.made == 2 ? Load(y, atY, c.y.kind) : Load(w, atW, c.w.kind);
                if (c.rounds) { left = Tf32(left); right = Tf32(right); }
                sums[c.made == 0 ? atY : c.made == 1 ? atX : atW] += left * right;
            });
            void* to = c.made == 0 ? y : c.made == 1 ? x : w;
            for (size_t i = 0; i < sums.size(); i++) Store(to, i, made.kind, sums[i]);
        }
        API int cudnnBackendExecute(void* handle, const Descriptor* plan, const Descriptor* pack)
        {
            CHECK
            if (handle != (void*)9 || plan->kind != 5 || !plan->finished || pack->kind != 16 || !pack->finished)
                return BadParameter;
            Convolution c = ConvolutionOf(plan->At(801));
            const Engine& engine = engines[plan->engine];
            c.rounds = c.x.kind == Single && !engine.notes.empty() && engine.notes[0] == 0;
            std::map<long long, void*> places;
            const auto ids = pack->All<long long>(1000);
            const auto pointers = pack->All<void*>(1001);
            for (size_t i = 0; i < ids.size(); i++) places[ids[i]] = pointers[i];
            for (const Operand* of : {&c.x, &c.w, &c.y})
                if (!places[of->id] || (uintptr_t)places[of->id] % of->alignment) return BadParameter;
            void* workspace = pack->values.count(1003) ? pack->One<void*>(1003) : 0;
            if (engine.workspace && !workspace) return BadParameter;
            snprintf(last, sizeof last, "engine %d, %d axes, padded %d %d", plan->engine, (int)c.before.size(),
                (int)c.before.back(), (int)c.after.back());
            Do([=] {
                if (engine.workspace) memset(workspace, 0xFF, engine.workspace);
                Convolve(c, places.at(c.x.id), places.at(c.w.id), places.at(c.y.id));
            });
            return Well;
        }
        """;
}
