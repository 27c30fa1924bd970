using ContestPipeline.StripeSimulator.Shell;

if (args is ["-h" or "--help"])
{
    Console.WriteLine(
        "Stands in for Stripe in tests. It takes no arguments; needs PIPELINE_ENVIRONMENT=test, SIMULATOR_URL "
            + "(http://127.0.0.1:0: any free port) and SIMULATOR_DATA (a folder).");
    return 0;
}

try
{
    await using var host = await StripeSimulatorHost.Start(
        SimulatorSettings.Read(Environment.GetEnvironmentVariable), TimeProvider.System);
    Console.WriteLine($"simulator listening on {host.Url}");
    await host.WaitForShutdown();
    return 0;
}
catch (SettingException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
