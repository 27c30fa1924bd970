namespace ContestPipeline.Demo;

/// <summary>One act of the demo: it does something to the running pipeline, waits for what must come of it and says so.</summary>
public interface IAct
{
    Task Play(DemoContext context, CancellationToken ct);
}
