#!/usr/bin/env node
// npm links a command only where its file is there when it installs, and in a checkout that is before the build.
import "../dist/main.js";
