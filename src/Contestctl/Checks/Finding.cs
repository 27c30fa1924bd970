namespace ContestPipeline.Contestctl.Checks;

/// <summary>What one check found: whether it is well, what is the case, and what to do about it.</summary>
/// <param name="State"><c>ok</c>, <c>warning</c> or <c>failed</c>.</param>
internal sealed record Finding(string Check, string State, string What, string? Mend = null)
{
    public static Finding Ok(string check, string what) => new(check, "ok", what);

    public static Finding Warning(string check, string what, string mend) => new(check, "warning", what, mend);

    public static Finding Failed(string check, string what, string mend) => new(check, "failed", what, mend);
}
