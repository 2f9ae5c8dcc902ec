// Names the failed tests of Vitest's JSON reports and prints the closing line; exits 1 where a test failed, a report is missing or none ran.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const totals = { passed: 0, failed: 0, skipped: 0 };
const firstLine = (text) => String(text ?? '').split('\n')[0];
let complete = process.argv.length > 2;
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += report.numPassedTests;
    totals.failed += report.numFailedTests;
    totals.skipped += report.numPendingTests + report.numTodoTests;
    // A file that could not even be loaded has failed suites and no failed test.
    if (!report.success && report.numFailedTests === 0)
      totals.failed += Math.max(1, report.numFailedTestSuites);
    for (const suite of report.testResults) {
      const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
      const name = path.relative(process.cwd(), suite.name);
      for (const { fullName, failureMessages } of failed)
        console.log(`failed: ${name}: ${fullName}: ${firstLine(failureMessages[0])}`);
      if (suite.status === 'failed' && failed.length === 0)
        console.log(`failed: ${name}: ${firstLine(suite.message)}`);
    }
  } catch (error) {
    console.log(`no report in ${file}: ${error.message}`);
    complete = false;
  }
}
if (!complete) totals.failed += 1;
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0);
