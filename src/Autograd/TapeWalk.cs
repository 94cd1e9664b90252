namespace GenKernels.Autograd;

/// <summary>One backward walk over the record, from a result to its sources.</summary>
internal sealed class TapeWalk : IDisposable
{
    private readonly IReadOnlyList<Variable> _sources;
    private readonly HashSet<Variable> _isSource = new(ReferenceEqualityComparer.Instance);
    private readonly bool _differentiable;
    private readonly bool _consume;
    private readonly bool _stopAtSources;
    private readonly IDisposable _mode;
    private readonly Dictionary<Variable, Variable> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Variable, bool> _leads = new(ReferenceEqualityComparer.Instance);

    internal TapeWalk(IReadOnlyList<Variable> sources, bool differentiable, bool consume, bool stopAtSources)
    {
        _sources = sources;
        _differentiable = differentiable;
        _consume = consume;
        _stopAtSources = stopAtSources;
        foreach (Variable source in sources) _isSource.Add(source);
        _mode = GradientMode.Set(differentiable);
    }

    public void Dispose() => _mode.Dispose();

    internal Variable[] Run(Variable y, Variable? upstream)
    {
        List<Variable> order = ResultsThatLead(y);
        if (upstream is not null) AddUse(upstream);  // a use for the caller, so it is never disposed here
        if (Leads(y)) Accumulate(y, upstream ?? Variable.Full(y.Shape, 1, y.Type, y.Device));
        foreach (Variable result in order)
        {
            if (_gradients.TryGetValue(result, out Variable? arrived)) Visit(result, arrived, isRoot: result == y);
        }

        Variable[] answers = new Variable[_sources.Count];
        for (int index = 0; index < answers.Length; index++)
        {
            Variable source = _sources[index];
            answers[index] = _gradients.TryGetValue(source, out Variable? gradient)
                ? gradient
                : new Variable(Tensor.Zeros(source.Shape, source.Type, source.Device));
        }

        return answers;
    }

    /// <summary>All results that depend on a source, latest first.</summary>
    private List<Variable> ResultsThatLead(Variable y)
    {
        List<Variable> order = [];
        Stack<(Variable Result, bool Expanded)> open = new();
        open.Push((y, false));
        while (open.TryPop(out (Variable Result, bool Expanded) top))
        {
            Variable result = top.Result;
            if (top.Expanded)
            {
                bool leads = _isSource.Contains(result) || Array.Exists(result.Node!.Inputs, Leads);
                _leads[result] = leads;
                if (leads) order.Add(result);
                continue;
            }

            if (_leads.ContainsKey(result)) continue;
            _leads[result] = _isSource.Contains(result);
            if (result.Node is null || (_stopAtSources && _isSource.Contains(result))) continue;
            open.Push((result, true));
            foreach (Variable input in result.Node.Inputs)
            {
                if (input.RequiresGradient && !_leads.ContainsKey(input)) open.Push((input, false));
            }
        }

        order.Sort((left, right) => right.Node!.Number.CompareTo(left.Node!.Number));
        return order;
    }

    private bool Leads(Variable variable) => _leads.GetValueOrDefault(variable);

    private void Visit(Variable result, Variable arrived, bool isRoot)
    {
        Node node = result.Node!;
        bool[] needed = Array.ConvertAll(node.Inputs, Leads);
        if (!Array.Exists(needed, need => need)) return;
        Variable?[] gradients = Backward(node, result, arrived, needed);
        for (int index = 0; index < needed.Length; index++)
        {
            if (needed[index] && gradients[index] is { } gradient) Accumulate(node.Inputs[index], gradient);
        }

        if (!_isSource.Contains(result))
        {
            _gradients.Remove(result);
            RemoveUse(arrived);
        }

        if (!_consume) return;
        node.Consume();
        if (!isRoot && !result.IsKept && !_isSource.Contains(result)) result.Value.Dispose();
    }

    private Variable?[] Backward(Node node, Variable result, Variable arrived, bool[] needed)
    {
        if (_differentiable) return node.Backward(result, arrived, needed);

        // Of the tensors that a backward makes, only the gradients outlive it.
        using TensorScope scope = result.Device.Scope();
        Variable?[] gradients = node.Backward(result.Detach(), arrived, needed);
        foreach (Variable? gradient in gradients)
        {
            if (gradient is null) continue;
            AnomalyMode.Check($"the gradient of {node.Name}", gradient.Value, [result, arrived]);
            scope.Keep(gradient.Value);
        }

        return gradients;
    }

    private void Accumulate(Variable variable, Variable gradient)
    {
        if (!_gradients.TryGetValue(variable, out Variable? before))
        {
            _gradients[variable] = gradient;
            AddUse(gradient);
            return;
        }

        Variable sum = before + gradient;
        _gradients[variable] = sum;
        AddUse(sum);
        RemoveUse(before);
        AddUse(gradient);
        RemoveUse(gradient);
    }

    private void AddUse(Variable gradient) => _uses[gradient] = _uses.GetValueOrDefault(gradient) + 1;

    /// <summary>One variable may be the gradient of several results: it is freed with its last use.</summary>
    private void RemoveUse(Variable gradient)
    {
        if (--_uses[gradient] == 0 && !_differentiable) gradient.Value.Dispose();
    }
}
