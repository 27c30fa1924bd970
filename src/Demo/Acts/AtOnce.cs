namespace ContestPipeline.Demo;

/// <summary>Several acts at the same time; the first that fails ends them all.</summary>
public sealed class AtOnce(params IReadOnlyList<IAct> acts) : IAct
{
    public async Task Play(DemoContext context, CancellationToken ct)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var playing = acts.Select(act => act.Play(context, all.Token)).ToList();
        while (playing.Count > 0)
        {
            var done = await Task.WhenAny(playing);
            playing.Remove(done);
            if (done.IsCompletedSuccessfully) continue;
            await all.CancelAsync();
            await Task.WhenAny(Task.WhenAll(playing));
            await done;
        }
    }
}
