namespace ContestPipeline.Demo;

/// <summary>Several acts, one after the other.</summary>
public sealed class InTurn(params IReadOnlyList<IAct> acts) : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        foreach (var act in acts) await act.Play(context, ct);
    }
}
