// The window's entry.

import '@fontsource-variable/inter/wght.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/marks.css'
import './styles/table.css'

import { start } from './start'

start()
