using ContestPipeline.Payout.Http;
using ContestPipeline.WebConsole.Data;
using Microsoft.Playwright;

namespace ContestPipeline.Integration.WebConsole;

/// <summary>The pages in a real browser, Debian's chromium; skipped where there is none.</summary>
public sealed class BrowserTests(ConsoleWorld world) : IClassFixture<ConsoleWorld>
{
    private static readonly string[] s_browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

    private static readonly string? s_axe = Axe();

    /// <summary>Where screenshots are written when it is set, such as docs/console.</summary>
    private static readonly string? s_pictures = Environment.GetEnvironmentVariable("CONSOLE_PICTURES");

    /// <summary>Which elements reach over the right edge of the window, but for what is scrolled.</summary>
    private const string Wide =
        """
        [...document.querySelectorAll('main *, header *, footer *')].filter(e => !e.closest('.scroll')
            && e.getBoundingClientRect().right > window.innerWidth).map(e => e.outerHTML.slice(0, 80)).join(' | ')
        """;

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    public async Task A_person_signs_in_and_no_page_is_wider_than_the_window_or_breaks_the_policy(int width, ColorScheme scheme)
    {
        Assert.SkipUnless(s_browsers.Any(File.Exists), "no chromium: apt-get install chromium");
        var contest = $"c-browser-{width}-{scheme.ToString().ToLowerInvariant()}-with-a-rather-long-id-2016-week-4";
        var payoutId = await world.GivenContest(contest);
        await world.GivenAlert($"look/{contest}", "contest-held");
        await world.GivenPlan($"replay-{width}-{scheme}");
        await world.GivenParked($"key-{width}-{scheme}");
        await world.GivenRecords($"game-{width}-{scheme}-2016-week-4");
        await GivenLongLists($"{width}-{scheme}");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = s_browsers.First(File.Exists), Args = ["--no-sandbox"] });
        await using var context = await browser.NewContextAsync(
            new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, said) =>
        {
            if (said.Type == "error" && !said.Text.Contains("404", StringComparison.Ordinal)) complaints.Add(said.Text);
        };

        await page.GotoAsync(new Uri(world.Address, "/queue").AbsoluteUri);
        await page.GetByLabel("Name").FillAsync("anna");
        await page.GetByLabel("operator:").CheckAsync();
        await page.GetByLabel("approver:").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        Assert.EndsWith("/queue", page.Url, StringComparison.Ordinal);
        var barriers = new List<string>();
        foreach (var (path, name) in new[] { ("/", "start"), ("/overview", "overview"), ("/queue", "queue"),
            ($"/payouts/{payoutId}", "payout"), ("/failures", "failures"), ("/failures/keys?worker=scoring", "parked-keys"),
            ($"/failures/key?worker=scoring&topic=stats.lines.v1&key=key-{width}-{scheme}", "parked-message"),
            ("/replays", "replays"), ($"/replays/replay-{width}-{scheme}", "replay"), ("/halts", "halts"), ("/messages", "messages"),
            ($"/halts?scope=contest&id={contest}", "halt"), ("/search?q=nothing", "search"), ("/nowhere", "trouble"),
            ($"/contests/{contest}", "contest"), ($"/players/{contest}-held", "player"), ("/alerts", "alerts"),
            ("/balance", "balance"), ("/reconciliations", "reconciliations"), ("/reconciliations/1", "reconciliation"),
            ("/audit", "audit"), ("/feeds", "feeds"), ("/revenue", "revenue"), ($"/players/saver-{width}-{scheme}", "wallet"),
            ($"/contests/proofs-{width}-{scheme}", "proofs"), ($"/contests/ruled-{width}-{scheme}", "ruling") })
        {
            await page.GotoAsync(new Uri(world.Address, path).AbsoluteUri);
            await page.EvaluateAsync("document.querySelectorAll('details').forEach(folded => folded.open = true)");
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
                $"{path} is wider than {width}: {await page.EvaluateAsync<string>(Wide)}");
            barriers.AddRange((await Barriers(page)).Select(barrier => $"{path}: {barrier}"));
            await Picture(page, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
        }

        Assert.True(barriers.Count == 0, string.Join("\n", barriers));
        await page.GotoAsync(new Uri(world.Address, "/overview").AbsoluteUri);
        Assert.Equal(0, await page.Locator("meta[http-equiv=refresh]").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "load again every 10 s" }).ClickAsync();
        Assert.Equal(1, await page.Locator("meta[http-equiv=refresh]").CountAsync());
        await page.GetByRole(AriaRole.Link, new() { Name = "stop loading again" }).ClickAsync();
        Assert.EndsWith("/overview", page.Url, StringComparison.Ordinal);

        Assert.Empty(complaints);
    }

    /// <summary>A wallet and a challenge that have more than a page shows, and one whose referee has spoken.</summary>
    private async Task GivenLongLists(string ending)
    {
        await world.GivenWallet($"saver-{ending}");
        await world.GivenDeposits($"saver-{ending}", WalletSql.LotsMax);
        await world.GivenProofs($"proofs-{ending}");
        await world.GivenMoreProofs($"proofs-{ending}", ContestProofSql.ProofsMax);
        await world.GivenProofs($"ruled-{ending}");
        await world.GivenRuling($"ruled-{ending}", "and home");
    }

    [Fact]
    public async Task A_held_payout_is_released_by_hand()
    {
        Assert.SkipUnless(s_browsers.Any(File.Exists), "no chromium: apt-get install chromium");
        var payoutId = await world.GivenContest("c-by-hand");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = s_browsers.First(File.Exists), Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(world.Address, $"/payouts/{payoutId}").AbsoluteUri);
        await page.GetByLabel("Name").FillAsync("anna");
        await page.GetByLabel($"{ApiRole.Approver}:").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await page.GetByLabel("Note").FillAsync("identity checked");
        await page.GetByRole(AriaRole.Button, new() { Name = "Release 5,820.00 USD" }).ClickAsync();

        Assert.Contains("The payout is released", await page.GetByRole(AriaRole.Status).InnerTextAsync(),
            StringComparison.Ordinal);
        Assert.Equal("anna", await world.Api.Payouts.Scalar<string>(
            $"select reviewer from payout.payout_review where payout_id = '{payoutId}'"));
    }

    /// <summary>
    /// What axe-core finds that keeps people from using the page (WCAG 2.2); nothing where it is not installed.
    /// </summary>
    private static async Task<string[]> Barriers(IPage page)
    {
        if (s_axe is null) return [];
        await page.EvaluateAsync(s_axe);
        return await page.EvaluateAsync<string[]>(
            "async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => `${v.id} ${n.target}: ${n.failureSummary}`))");
    }

    /// <summary>Its source, from tests/Axe, where scripts/setup installs it; null: there is no Node.</summary>
    private static string? Axe()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var found = Path.Combine(folder.FullName, "tests", "Axe", "node_modules", "axe-core", "axe.min.js");
            if (File.Exists(found)) return File.ReadAllText(found);
        }

        return null;
    }

    private static Task Picture(IPage page, string name) => s_pictures is null ? Task.CompletedTask
        : page.ScreenshotAsync(new() { Path = Path.Combine(s_pictures, $"{name}.png") });
}
